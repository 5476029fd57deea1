import type { NodeInfo, ServiceInfo } from '../../model/topology.ts';
import type { TargetService } from '../../model/targets.ts';
import type { RunContext } from '../../model/run-context.ts';
import type { PlannedProbe } from '../planned-probe.ts';
import type { Asked } from '../../model/probe-observation.ts';
import { byNodePort } from './crossing.ts';
import { askingOf } from './pairs.ts';
import { requestsTo, serviceOf, sizeOf, type References } from './services.ts';

/** A NodePort of a target, and what stands behind it. */
export interface TargetNodePort {
  target: TargetService;
  service: ServiceInfo;
  nodePort: number;
}

/** Every NodePort of the targets that carries the protocol by which the target is asked. */
export function targetNodePorts(context: RunContext): TargetNodePort[] {
  return context.targets.services.flatMap((target) => {
    const service = serviceOf(context, target);
    return (service?.ports ?? [])
      .filter(
        ({ nodePort, protocol, port }) =>
          nodePort !== undefined && protocol === 'TCP' && (target.httpPort === undefined || port === target.httpPort),
      )
      .map(({ nodePort }) => ({ target, service: service as ServiceInfo, nodePort: nodePort as number }));
  });
}

/**
 * With policy `Local` a node without an endpoint of its own drops what comes from outside: that is configuration, named
 * as such.
 */
function note({ service }: TargetNodePort, node: NodeInfo): Omit<Asked['tcp'], 'protocol'> {
  const local = service.endpoints.some((endpoint) => endpoint.ready && endpoint.node === node.name);
  return { externalTrafficPolicy: service.externalTrafficPolicy ?? 'Cluster', endpointOnNode: local };
}

/** Every NodePort on every node, from the runner and from the host networks of the nodes that are paired with it. */
export function planNodePorts(context: RunContext, references: References): PlannedProbe[] {
  const { timeoutMs, serviceAttempts } = context.settings;
  const sources = [
    { place: { network: 'runner' as const }, role: 'from-runner' as const },
    ...context.pods
      .filter(({ network }) => network === 'host')
      .map(({ node, pod, ip }) => ({ place: { network: 'host' as const, node, pod, ip }, role: 'from-node' as const })),
  ];
  const isAskedFrom = askingOf(context);
  return targetNodePorts(context).flatMap((nodePort) =>
    context.topology.nodes.flatMap((node) =>
      sources
        .filter(({ place }) => !('node' in place) || (place.node !== node.name && isAskedFrom(place.node, node.name)))
        .map(({ place, role }): PlannedProbe => {
          const name = `${nodePort.service.namespace}/${nodePort.service.name}`;
          return {
            suite: 'node-port',
            role,
            source: place,
            destination: { network: 'host', node: node.name, ip: node.internalIp, port: nodePort.nodePort, name },
            crosses: byNodePort(place, node.name, name, sizeOf(nodePort.target)),
            service: name,
            ...requestsTo(
              nodePort.target,
              references,
              {
                host: node.internalIp,
                port: nodePort.nodePort,
                timeoutMs,
                times: Math.ceil(serviceAttempts / 2),
              },
              note(nodePort, node),
            ),
          };
        }),
    ),
  );
}
