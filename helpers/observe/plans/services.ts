import type { EndpointInfo, ServiceInfo } from '../../model/topology.ts';
import type { TargetService } from '../../model/targets.ts';
import type { ProbePod, RunContext } from '../../model/run-context.ts';
import type { Place, SizeClass } from '../../model/observation.ts';
import type { Asked } from '../../model/probe-observation.ts';
import type { Hop } from '../http-answers.ts';
import type { Reference } from '../reference.ts';
import { judgeHttp } from '../judge-http.ts';
import { judgeReach } from '../judges.ts';
import type { Planned, PlannedProbe } from '../planned-probe.ts';
import { byService, directly } from './crossing.ts';
import { askingOf } from './pairs.ts';
import { isProbed, probedClusterIp } from '../../model/family.ts';

/** The Service object of a target; undefined when the cluster has none of that name. */
export function serviceOf(context: RunContext, target: TargetService): ServiceInfo | undefined {
  return context.topology.services.find(
    ({ namespace, name }) => namespace === target.namespace && name === target.name,
  );
}

const source = ({ network, node, pod, ip }: ProbePod) => ({ network, node, pod, ip });

/** What the Service's own pods answer, by Service and path, for the identity rule `compare`. */
export type References = ReadonlyMap<string, Reference>;

/** What a reference is kept under; `service` is `namespace/name`, `host` the Host header where it is of an ingress. */
export const referenceKey = (service: string, path: string, host = ''): string => `${service} ${host}${path}`;

/** `namespace/name` of a target. */
export const qualified = ({ namespace, name }: TargetService): string => `${namespace}/${name}`;

/** Whether a 200 came from the right backend of a target. */
export function judgeFor(target: TargetService, references: References, hop: Hop): Planned<'http'>['judge'] {
  const { name, identity, healthPath } = target;
  const reference = references.get(referenceKey(qualified(target), healthPath));
  return (results) => judgeHttp(results, { service: name, identity, reference, hop });
}

/** An answer of an application may be of full-size packets; a connect holds nothing. */
export const sizeOf = ({ httpPort }: TargetService): SizeClass => (httpPort === undefined ? 'small' : 'mixed');

type Request<Kind extends 'tcp' | 'http'> = Pick<Planned<Kind>, 'kind' | 'asked' | 'specs' | 'judge'>;

/** Where a request goes, and how often. */
interface To {
  host: string;
  port: number;
  timeoutMs: number;
  times?: number;
  hop?: Hop;
}

/**
 * Requests to a target, each on a connection of its own: HTTP, or a TCP connect where the Service is not known to speak
 * it.
 */
export function requestsTo(
  target: TargetService,
  references: References,
  { host, port, timeoutMs, times = 1, hop = 'translated' }: To,
  asked: Omit<Asked['tcp'], 'protocol'> = {},
): Request<'tcp'> | Request<'http'> {
  const connections = Array.from({ length: times });
  if (target.httpPort === undefined)
    return {
      kind: 'tcp',
      asked: { protocol: 'tcp', ...asked },
      specs: connections.map(() => ({ kind: 'tcp', host, port, timeoutMs })),
      judge: judgeReach,
    };
  return {
    kind: 'http',
    asked: { protocol: 'tcp', path: target.healthPath, ...asked },
    specs: connections.map(() => ({ kind: 'http', host, port, path: target.healthPath, timeoutMs })),
    judge: judgeFor(target, references, hop),
  };
}

function endpointProbe(
  context: RunContext,
  target: TargetService,
  endpoint: EndpointInfo,
  port: number,
  from: ProbePod,
  references: References,
): PlannedProbe {
  const name = `${target.namespace}/${target.name}`;
  const destination: Place = {
    network: 'pod',
    node: endpoint.node,
    pod: endpoint.pod,
    ip: endpoint.ip,
    port,
    name,
  };
  return {
    suite: 'cluster-ip',
    role: 'endpoint',
    pathClass: from.network === 'pod' ? 'pod-pod' : 'host-pod',
    source: source(from),
    destination,
    crosses: directly(source(from), destination, sizeOf(target), { service: name, endpoint: endpoint.ip }),
    service: name,
    ...requestsTo(target, references, {
      host: endpoint.ip,
      port,
      timeoutMs: context.settings.timeoutMs,
      // Asked by its own address it is who it is.
      hop: 'direct',
    }),
  };
}

/**
 * Every endpoint of every Service by its own address, from its own node and those that are paired with it: what a
 * ClusterIP comes down to once it is translated.
 */
export function planEndpoints(context: RunContext, references: References): PlannedProbe[] {
  const isAskedFrom = askingOf(context);
  return context.targets.services.flatMap((target) => {
    const service = serviceOf(context, target);
    // A port of UDP or SCTP answers no connect by TCP.
    const ports = (service?.ports ?? []).filter(({ protocol }) => protocol === 'TCP');
    const asked = ports.find(({ port }) => port === target.httpPort) ?? ports[0];
    if (!service || !asked) return [];
    return service.endpoints
      .filter((endpoint) => endpoint.ready && isProbed(endpoint))
      .flatMap((endpoint) => {
        const port = endpoint.ports[asked.name ?? ''];
        if (port === undefined) return [];
        return context.pods
          .filter(({ node }) => isAskedFrom(node, endpoint.node))
          .map((from) => endpointProbe(context, target, endpoint, port, from, references));
      });
  });
}

/**
 * Every Service by its ClusterIP from every node and both networks: as many connections at once as make it likely that
 * each endpoint is picked (kube-proxy picks at random), so that one time-out is paid for all.
 */
export function planClusterIps(context: RunContext, references: References): PlannedProbe[] {
  const { timeoutMs, serviceAttempts } = context.settings;
  return context.targets.services.flatMap((target) => {
    const service = serviceOf(context, target);
    const ip = service && probedClusterIp(service);
    if (!ip) return [];
    return service.ports
      .filter(({ protocol, port }) => protocol === 'TCP' && (target.httpPort === undefined || port === target.httpPort))
      .flatMap(({ port }) =>
        context.pods.map((from): PlannedProbe => ({
          suite: 'cluster-ip',
          role: 'service',
          source: source(from),
          destination: { ip, port, name: `${target.namespace}/${target.name}` },
          crosses: byService(source(from), `${target.namespace}/${target.name}`, sizeOf(target)),
          service: `${target.namespace}/${target.name}`,
          ...requestsTo(
            target,
            references,
            { host: ip, port, timeoutMs, times: serviceAttempts },
            { connections: serviceAttempts },
          ),
        })),
      );
  });
}
