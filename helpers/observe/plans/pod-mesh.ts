import type { PathClass, Place, ProbeName, SizeClass } from '../../model/observation.ts';
import { isServing } from '../../model/service.ts';
import type { EndpointInfo } from '../../model/topology.ts';
import { podOf, type ProbePod, type RunContext } from '../../model/run-context.ts';
import { judgeReach } from '../judges.ts';
import type { Planned, PlannedProbe } from '../planned-probe.ts';
import { directly } from './crossing.ts';
import { placeOfEndpoint } from './endpoint-place.ts';
import { pairsOf, type NodePair } from './pairs.ts';
import { askedPorts } from './service-ports.ts';
import { askedTargets, qualified } from './services.ts';
import { TOLERATED_LOSS } from '../../model/thresholds.ts';

/** Headers of IPv4 (20) and UDP (8): what an MTU leaves for a datagram's payload is less by so many bytes. */
const UDP_OVERHEAD_BYTES = 28;

/** Small enough for every link; the size of a name query. */
const SMALL_BYTES = 64;

/** Some full segments, so that a path that loses full-size packets stalls. */
const LARGE_TCP_BYTES = 20_000;

const SIZE_ATTEMPTS = 3;
const ANY_PASSES = (SIZE_ATTEMPTS - 1) / SIZE_ATTEMPTS;

/**
 * A UDP probe that lost a part is measured again, three times as long and less crowded, before loss is said to be the
 * network's.
 */
const CONFIRM_TIMES = 3;

export interface MeshMtus {
  /** MTU of pods' devices, for paths that have a pod at an end. */
  podBytes: number;
  /** MTU of the nodes' uplinks. */
  hostBytes: number;
}

interface End {
  pod: ProbePod;
  tcpPort: number;
  udpPort: number;
}

const classes: PathClass[] = ['pod-pod', 'host-pod', 'pod-host', 'host-host'];

function ends(
  context: RunContext,
  pathClass: PathClass,
  from: string,
  to: string,
): { source?: ProbePod; target?: End } {
  const [sourceNetwork, targetNetwork] = pathClass.split('-') as ['pod' | 'host', 'pod' | 'host'];
  const { ports } = context.agent;
  const pod = podOf(context, to, targetNetwork);
  const target = pod && {
    pod,
    tcpPort: targetNetwork === 'pod' ? ports.podTcp : ports.hostTcp,
    udpPort: targetNetwork === 'pod' ? ports.podUdp : ports.hostUdp,
  };
  return { source: podOf(context, from, sourceNetwork), target };
}

/**
 * What a path must carry whole. A pod's packets to a node's address leave by a card that may have a smaller MTU than
 * the one that the pods' network uses (a management network beside one of jumbo frames): there the node says so,
 * rightly.
 */
function smallestOf(pathClass: PathClass, { podBytes, hostBytes }: MeshMtus): number {
  if (pathClass === 'host-host') return hostBytes;
  return pathClass === 'pod-host' ? Math.min(podBytes, hostBytes) : podBytes;
}

function meshProbes(
  context: RunContext,
  pathClass: PathClass,
  source: ProbePod,
  target: End,
  mtus: MeshMtus,
): PlannedProbe[] {
  const { timeoutMs, udpAttempts } = context.settings;
  const { pod, tcpPort, udpPort } = target;
  const base = {
    suite: 'pod-to-pod' as const,
    pathClass,
    source: { network: source.network, node: source.node, pod: source.pod, ip: source.ip },
  };
  const destination = (port: number): Place => ({
    network: pod.network,
    node: pod.node,
    pod: pod.pod,
    ip: pod.ip,
    port,
  });
  const crosses = (size: SizeClass) => directly(base.source, destination(0), size);
  const mtuBytes = smallestOf(pathClass, mtus);
  const udp = (
    role: ProbeName,
    payloadBytes: number,
    attempts: number,
    toleratedLoss: number,
  ): Planned<'udp-echo'> => ({
    ...base,
    kind: 'udp-echo',
    role,
    destination: destination(udpPort),
    crosses: crosses(payloadBytes > SMALL_BYTES ? 'large' : 'small'),
    asked: { protocol: 'udp', payloadBytes },
    specs: [{ kind: 'udp-echo', host: pod.ip, port: udpPort, payloadBytes, attempts, intervalMs: 10, timeoutMs }],
    judge: (results) => judgeReach(results, toleratedLoss),
    confirmTimes: CONFIRM_TIMES,
  });
  const tcp = (role: ProbeName, payloadBytes: number): Planned<'payload'> => ({
    ...base,
    kind: 'payload',
    role,
    destination: destination(tcpPort),
    crosses: crosses(payloadBytes > SMALL_BYTES ? 'large' : 'small'),
    asked: { protocol: 'tcp', payloadBytes },
    specs: [{ kind: 'payload', host: pod.ip, port: tcpPort, payloadBytes, timeoutMs }],
    judge: judgeReach,
  });
  const ofAnyFamily = [
    tcp('tcp-small', SMALL_BYTES),
    tcp('tcp-large', LARGE_TCP_BYTES),
    udp('udp-small', SMALL_BYTES, udpAttempts, TOLERATED_LOSS),
  ];
  // A tunnel takes more of IPv6, the sender learns of it by the first that is lost, and no router makes fragments.
  if (context.family === 'IPv6') return ofAnyFamily;
  return [
    ...ofAnyFamily,
    // Size is a threshold, not a chance: one that passes shows that its size does. Loss is what the small ones measure.
    udp('udp-full', mtuBytes - UDP_OVERHEAD_BYTES, SIZE_ATTEMPTS, ANY_PASSES),
    // More than one packet: only whole when every fragment of it arrives.
    udp('udp-fragmented', mtuBytes - UDP_OVERHEAD_BYTES + 400, SIZE_ATTEMPTS, ANY_PASSES),
  ];
}

/** Pods behind the targets, each with a port that its Service is asked by: what listens there answers a connect. */
function askedPods(context: RunContext): { service: string; endpoint: EndpointInfo; port: number }[] {
  return askedTargets(context).flatMap(({ target, service }) => {
    const [asked] = askedPorts(service, target);
    // Whom they let in is their policies' choice.
    if (asked?.guardedBy) return [];
    return service.endpoints.flatMap((endpoint) => {
      const port = endpoint.ports[asked?.name ?? ''];
      const isPod = placeOfEndpoint(context.topology, endpoint)?.network === 'pod';
      return asked && port !== undefined && isPod && isServing(endpoint)
        ? [{ service: qualified(target), endpoint, port }]
        : [];
    });
  });
}

/** A pod of the targets on each node, reached from the probe pod beside it: the path over the node's own bridge. */
function sameNodePods(context: RunContext): PlannedProbe[] {
  const asked = askedPods(context);
  return context.pods.flatMap((source): PlannedProbe[] => {
    const found = asked.find(({ endpoint }) => endpoint.node === source.node && endpoint.ip !== source.ip);
    if (!found || source.network !== 'pod') return [];
    const { service, endpoint, port } = found;
    const place: Place = { network: 'pod', node: source.node, pod: source.pod, ip: source.ip };
    const destination: Place = { network: 'pod', node: endpoint.node, pod: endpoint.pod, ip: endpoint.ip, port };
    return [
      {
        suite: 'pod-to-pod',
        kind: 'tcp',
        role: 'same-node-pod',
        pathClass: 'pod-pod',
        source: place,
        destination,
        crosses: directly(place, destination, 'small'),
        asked: { protocol: 'tcp' },
        service,
        specs: [{ kind: 'tcp', host: endpoint.ip, port, timeoutMs: context.settings.timeoutMs }],
        judge: judgeReach,
      },
    ];
  });
}

/**
 * The mesh of ordered node pairs in the four path classes, TCP and UDP, small, full-size and fragmented; and pairs on
 * one node.
 */
export function planPodMesh(context: RunContext, mtus: MeshMtus): PlannedProbe[] {
  const names = context.topology.nodes.map(({ name }) => name);
  const same = names.map((name): NodePair => [name, name]);
  const probes = [...pairsOf(context), ...same].flatMap(([from, to]) =>
    classes.flatMap((pathClass) => {
      const { source, target } = ends(context, pathClass, from, to);
      if (!source || !target || source.pod === target.pod.pod) return [];
      return meshProbes(context, pathClass, source, target, mtus);
    }),
  );
  return [...probes, ...sameNodePods(context)];
}
