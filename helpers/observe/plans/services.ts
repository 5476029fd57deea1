import type { EndpointInfo, ServiceInfo } from '../../model/topology.ts';
import type { TargetService } from '../../model/targets.ts';
import type { ProbePod, RunContext } from '../../model/run-context.ts';
import { judgeHttp, judgeReach } from '../judges.ts';
import type { PlannedProbe, SpecToSend } from '../planned-probe.ts';

/** The Service object of a target; undefined when the cluster has none of that name. */
export function serviceOf(context: RunContext, target: TargetService): ServiceInfo | undefined {
  return context.topology.services.find(
    ({ namespace, name }) => namespace === target.namespace && name === target.name,
  );
}

const source = ({ network, node, pod, ip }: ProbePod) => ({ network, node, pod, ip });

/** One HTTP request, or one TCP connect where the Service is not known to speak HTTP. */
export function requestSpec(target: TargetService, host: string, port: number, timeoutMs: number): SpecToSend {
  if (target.httpPort === undefined) return { kind: 'tcp', host, port, timeoutMs };
  return { kind: 'http', host, port, path: target.healthPath, timeoutMs };
}

/** What the Service's own pods answer, by Service, for the identity rule `compare`. */
export type References = ReadonlyMap<string, string>;

export function judgeFor(target: TargetService, references: References): PlannedProbe['judge'] {
  if (target.httpPort === undefined) return judgeReach;
  const reference = references.get(`${target.namespace}/${target.name}`);
  return (results) => judgeHttp(results, { service: target.name, identity: target.identity, reference });
}

function endpointProbe(
  context: RunContext,
  target: TargetService,
  endpoint: EndpointInfo,
  port: number,
  from: ProbePod,
  references: References,
): PlannedProbe {
  return {
    suite: 'cluster-ip',
    kind: target.httpPort === undefined ? 'tcp' : 'http',
    role: 'endpoint',
    pathClass: from.network === 'pod' ? 'pod-pod' : 'host-pod',
    source: source(from),
    destination: {
      network: 'pod',
      node: endpoint.node,
      pod: endpoint.pod,
      ip: endpoint.ip,
      port,
      name: `${target.namespace}/${target.name}`,
    },
    asked: { protocol: 'tcp', path: target.healthPath },
    service: `${target.namespace}/${target.name}`,
    specs: [requestSpec(target, endpoint.ip, port, context.settings.timeoutMs)],
    // An endpoint that is asked by its own address is who it is: where only comparison tells, any 200 will do.
    judge: judgeFor(
      target.identity.kind === 'compare' ? { ...target, identity: { kind: 'body-pattern', pattern: '' } } : target,
      references,
    ),
  };
}

/**
 * Every endpoint of every Service by its own address, from every node: what a ClusterIP comes down to once it is
 * translated.
 */
export function planEndpoints(context: RunContext, references: References): PlannedProbe[] {
  return context.targets.services.flatMap((target) => {
    const service = serviceOf(context, target);
    return (service?.endpoints ?? [])
      .filter(({ ready }) => ready)
      .flatMap((endpoint) => {
        const servicePort = service?.ports.find(({ port }) => port === target.httpPort) ?? service?.ports[0];
        const port = endpoint.ports[servicePort?.name ?? ''];
        if (port === undefined) return [];
        return context.pods.map((from) => endpointProbe(context, target, endpoint, port, from, references));
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
    if (!service || service.clusterIp === 'None' || !service.clusterIp) return [];
    return service.ports
      .filter(({ protocol, port }) => protocol === 'TCP' && (target.httpPort === undefined || port === target.httpPort))
      .flatMap(({ port }) =>
        context.pods.map((from): PlannedProbe => ({
          suite: 'cluster-ip',
          kind: target.httpPort === undefined ? 'tcp' : 'http',
          role: 'service',
          source: source(from),
          destination: { ip: service.clusterIp, port, name: `${target.namespace}/${target.name}` },
          asked: { protocol: 'tcp', path: target.healthPath, connections: serviceAttempts },
          service: `${target.namespace}/${target.name}`,
          specs: Array.from({ length: serviceAttempts }, () => requestSpec(target, service.clusterIp, port, timeoutMs)),
          judge: judgeFor(target, references),
        })),
      );
  });
}
