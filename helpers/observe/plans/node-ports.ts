import type { ServiceInfo } from '../../model/topology.ts';
import type { TargetService } from '../../model/targets.ts';
import { asksFromOutside, type RunContext } from '../../model/run-context.ts';
import type { PlannedProbe } from '../planned-probe.ts';
import { proofTo, unlessKeptOut } from '../canary.ts';
import { byNodePort } from './crossing.ts';
import { unlessGuarded } from './guarded.ts';
import { askingOf } from './pairs.ts';
import { askedPorts } from './service-ports.ts';
import { askedTargets, isWhollyServing, requestsTo, sizeOf, type References } from './services.ts';
import { nodesWithEndpoint } from '../../model/service.ts';

/** A NodePort of a target, and what stands behind it. */
export interface TargetNodePort {
  target: TargetService;
  service: ServiceInfo;
  port: ServiceInfo['ports'][number];
  nodePort: number;
}

/** Every NodePort of the targets behind which something has to answer, by the protocol by which the target is asked. */
export const targetNodePorts = (context: RunContext): TargetNodePort[] =>
  askedTargets(context)
    .filter(({ service }) => isWhollyServing(service))
    .flatMap(({ target, service }) =>
      askedPorts(service, target)
        // One of Netwright's own is enough to know by whether nodes serve a new NodePort.
        .filter(({ port }) => !service.isOwn || port === target.httpPort)
        .flatMap((port) => (port.nodePort === undefined ? [] : [{ target, service, port, nodePort: port.nodePort }])),
    );

/** Whether a node has to answer what comes from outside of it: with the traffic policy `Local` by its own endpoint. */
function answersAt({ service }: TargetNodePort): (node: string) => boolean {
  if (service.externalTrafficPolicy !== 'Local') return () => true;
  const own = nodesWithEndpoint(service);
  return (node) => own.size === 0 || own.has(node);
}

/**
 * Every NodePort on every node, from the runner and from the host networks of the nodes that are paired with it. That
 * of Netwright's own Service from the node itself as well: there no firewall is in between.
 */
export function planNodePorts(context: RunContext, references: References): PlannedProbe[] {
  const { timeoutMs, serviceAttempts } = context.settings;
  const sources = [
    // In the cluster the runner is a pod: what it asks comes not from outside.
    ...(asksFromOutside(context) ? [{ place: { network: 'runner' as const }, role: 'from-runner' as const }] : []),
    ...context.pods
      .filter(({ network }) => network === 'host')
      .map(({ node, pod, ip }) => ({ place: { network: 'host' as const, node, pod, ip }, role: 'from-node' as const })),
  ];
  const isAskedFrom = askingOf(context);
  return targetNodePorts(context).flatMap((nodePort) =>
    context.topology.nodes
      .filter(({ name }) => answersAt(nodePort)(name))
      .flatMap((node) =>
        sources
          .filter(
            ({ place }) =>
              !('node' in place) ||
              (place.node === node.name ? nodePort.service.isOwn : isAskedFrom(place.node, node.name)),
          )
          .map(({ place, role }): PlannedProbe => {
            const name = `${nodePort.service.namespace}/${nodePort.service.name}`;
            const planned: PlannedProbe = {
              suite: 'node-port',
              role,
              source: place,
              destination: { network: 'host', node: node.name, ip: node.internalIp, port: nodePort.nodePort, name },
              crosses: byNodePort(place, node.name, name, sizeOf(nodePort.target)),
              service: name,
              // A load balancer's Service has NodePorts for the load balancer alone.
              ...(nodePort.service.type === 'LoadBalancer' && { isUnpromised: true }),
              ...requestsTo(nodePort.target, references, {
                host: node.internalIp,
                port: nodePort.nodePort,
                timeoutMs,
                times: Math.ceil(serviceAttempts / 2),
                ...proofTo(context, name),
              }),
            };
            const isAtHome = 'node' in place && place.node === node.name;
            return nodePort.service.isOwn && planned.kind === 'http' && !isAtHome
              ? { ...planned, judge: unlessKeptOut<'http'>((results) => planned.judge(results)) }
              : unlessGuarded(planned, nodePort.port);
          }),
      ),
  );
}
