import type { EndpointInfo, ServiceInfo } from '../../model/topology.ts';
import type { TargetService } from '../../model/targets.ts';
import type { ProbePod, RunContext } from '../../model/run-context.ts';
import type { Place, SizeClass } from '../../model/observation.ts';
import { isAddressList, isServing, leftOut, nodesWithEndpoint } from '../../model/service.ts';
import type { Asked } from '../../model/probe-observation.ts';
import type { Hop } from '../http-answers.ts';
import type { Reference } from '../reference.ts';
import { proofTo } from '../canary.ts';
import { judgeHttp } from '../judge-http.ts';
import { asEvidence, judgeReach } from '../judges.ts';
import type { Judgement, Planned, PlannedProbe } from '../planned-probe.ts';
import { byService, directly } from './crossing.ts';
import { classOf, leadsOutside, outside, placeOfEndpoint } from './endpoint-place.ts';
import { unlessGuarded } from './guarded.ts';
import { askingOf } from './pairs.ts';
import { askedPorts } from './service-ports.ts';
import { clusterIpOf } from '../../model/family.ts';

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

/** Whether every answer that is missing was cut off after the connection stood. */
const isCutOff = ({ errorKind, got }: Judgement<'http'>): boolean =>
  errorKind === 'reset' || (errorKind === 'partial-loss' && got.lastErrorKind === 'reset');

/** A mesh with strict mutual TLS takes the connection, and ends it when it sees plain text from outside of it. */
const refusedBy = (mesh: string): string =>
  `not observed, for the pods are in the mesh of ${mesh}, which refuses plain text from outside of it; connect works`;

/** Whether a 200 came from the right backend of a target. */
export function judgeFor(target: TargetService, references: References, hop: Hop): Planned<'http'>['judge'] {
  const { name, identity, healthPath } = target;
  const reference = references.get(referenceKey(qualified(target), healthPath));
  return (results) => {
    const judged = judgeHttp(results, { service: name, identity, reference, hop });
    return target.mesh !== undefined && isCutOff(judged) ? asEvidence(judged, refusedBy(target.mesh)) : judged;
  };
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
  headers?: Record<string, string>;
}

/** Requests to a target, each on a connection of its own: HTTP, or a TCP connect where HTTP is not known to answer. */
export function requestsTo(
  target: TargetService,
  references: References,
  { host, port, timeoutMs, times = 1, hop = 'translated', headers }: To,
  asked: Omit<Asked['tcp'], 'protocol'> = {},
): Request<'tcp'> | Request<'http'> {
  const connections = Array.from({ length: times });
  const known = references.get(referenceKey(qualified(target), target.healthPath));
  if (target.httpPort === undefined || known?.isNotHttp || known?.isLate)
    return {
      kind: 'tcp',
      asked: { protocol: 'tcp', ...asked },
      specs: connections.map(() => ({ kind: 'tcp', host, port, timeoutMs })),
      judge: judgeReach,
    };
  return {
    kind: 'http',
    asked: { protocol: 'tcp', path: target.healthPath, ...asked },
    specs: connections.map(() => ({
      kind: 'http',
      host,
      port,
      path: target.healthPath,
      timeoutMs,
      ...(headers && { headers }),
    })),
    judge: judgeFor(target, references, hop),
  };
}

interface FromTo {
  from: ProbePod;
  endpoint: EndpointInfo;
  port: number;
  isListedOnly: boolean;
}

/**
 * An endpoint by its own address. One outside of the cluster is evidence: whether it lets this node in is nobody's
 * promise here. So is a node in a list of addresses: whether it listens there nothing says.
 */
function endpointProbe(
  context: RunContext,
  target: TargetService,
  { from, endpoint, port, isListedOnly }: FromTo,
  references: References,
): PlannedProbe {
  const name = qualified(target);
  const place = placeOfEndpoint(context.topology, endpoint);
  const destination: Place = { ...place, ip: endpoint.ip, port, name };
  const crossed = { service: name, endpoint: endpoint.ip, ...outside(place) };
  const { timeoutMs } = context.settings;
  const base = {
    suite: 'cluster-ip' as const,
    pathClass: classOf(from.network, place?.network),
    source: source(from),
    destination,
    crosses: directly(source(from), destination, sizeOf(target), crossed),
    service: name,
  };
  const isListed = endpoint.pod === undefined && isListedOnly;
  if (!place || isListed)
    return {
      ...base,
      role: 'outside-endpoint',
      kind: 'tcp',
      asked: { protocol: 'tcp' },
      specs: [{ kind: 'tcp', host: endpoint.ip, port, timeoutMs }],
      judge: (results) => asEvidence(judgeReach(results), place ? 'a list of addresses' : 'outside of the cluster'),
    };
  // Asked by its own address it is who it is.
  return {
    ...base,
    role: 'endpoint',
    ...requestsTo(target, references, {
      host: endpoint.ip,
      port,
      timeoutMs,
      hop: 'direct',
      ...proofTo(context, name),
    }),
  };
}

/** A target with its Service, where something is meant to answer. */
export interface AskedTarget {
  target: TargetService;
  service: ServiceInfo;
}

/** The targets that are asked: those behind whose Services something is meant to stand. */
export const askedTargets = (context: RunContext): AskedTarget[] =>
  context.targets.services.flatMap((target) => {
    const service = serviceOf(context, target);
    return service && !leftOut(service) ? [{ target, service }] : [];
  });

/**
 * Whether every address to which the Service's own is translated has to answer: not where pods count as endpoints that
 * are not ready.
 */
export const isWhollyServing = ({ endpoints }: ServiceInfo): boolean =>
  endpoints.every((endpoint) => !endpoint.ready || isServing(endpoint));

/**
 * Every endpoint of every Service by its own address, from its own node and those that are paired with it: what a
 * ClusterIP comes down to once it is translated, and what the name of a headless Service leads to.
 */
export function planEndpoints(context: RunContext, references: References): PlannedProbe[] {
  const isAskedFrom = askingOf(context);
  return askedTargets(context).flatMap(({ target, service }) => {
    const ports = askedPorts(service, target);
    const asked = ports.find(({ port }) => port === target.httpPort) ?? ports[0];
    if (!asked) return [];
    const isListedOnly = isAddressList(service);
    return service.endpoints
      .filter((endpoint) => isServing(endpoint))
      .flatMap((endpoint) => {
        const port = endpoint.ports[asked.name ?? ''];
        if (port === undefined) return [];
        const { node } = placeOfEndpoint(context.topology, endpoint) ?? {};
        return context.pods
          .filter((from) => isAskedFrom(from.node, node))
          .map((from) =>
            unlessGuarded(endpointProbe(context, target, { from, endpoint, port, isListedOnly }, references), asked),
          );
      });
  });
}

/**
 * Whether a Service has to answer a node by its ClusterIP: with the traffic policy `Local` only where it has an
 * endpoint there.
 */
function answersAt(service: ServiceInfo): (node: string) => boolean {
  if (service.internalTrafficPolicy !== 'Local') return () => true;
  const own = nodesWithEndpoint(service);
  // Where none has one, it is not the policy that keeps them from it.
  return (node) => own.size === 0 || own.has(node);
}

/**
 * Every Service by its ClusterIP from every node and both networks: as many connections at once as make it likely that
 * each endpoint is picked (kube-proxy picks at random), so that one time-out is paid for all.
 */
export function planClusterIps(context: RunContext, references: References): PlannedProbe[] {
  const { timeoutMs, serviceAttempts } = context.settings;
  return askedTargets(context).flatMap(({ target, service }) => {
    const ip = clusterIpOf(service);
    if (!ip || !isWhollyServing(service)) return [];
    const isAnswered = answersAt(service);
    const isOutside = leadsOutside(context, service.endpoints);
    const name = qualified(target);
    return askedPorts(service, target).flatMap((asked) =>
      context.pods
        .filter(({ node }) => isAnswered(node))
        .map((from): PlannedProbe =>
          unlessGuarded(
            {
              suite: 'cluster-ip',
              role: 'service',
              source: source(from),
              destination: { ip, port: asked.port, name },
              crosses: byService(source(from), name, sizeOf(target), isOutside ? { external: true } : {}),
              service: name,
              ...requestsTo(
                target,
                references,
                { host: ip, port: asked.port, timeoutMs, times: serviceAttempts, ...proofTo(context, name) },
                { connections: serviceAttempts },
              ),
            },
            asked,
          ),
        ),
    );
  });
}
