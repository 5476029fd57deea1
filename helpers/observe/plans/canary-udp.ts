import { clusterIpOf } from '../../model/family.ts';
import type { Crosses, Place, ProbeName } from '../../model/observation.ts';
import type { ProbePod, RunContext } from '../../model/run-context.ts';
import { unlessKeptOut } from '../canary.ts';
import { judgeReach } from '../judges.ts';
import type { Planned } from '../planned-probe.ts';
import { byNodePort, byService } from './crossing.ts';
import { askingOf } from './pairs.ts';

const PAYLOAD_BYTES = 64;
/** From one socket, and so to one endpoint: with a few more a single lost datagram is told from a dead way. */
const DATAGRAMS = 3;
const CONFIRM_TIMES = 3;

interface To {
  suite: 'cluster-ip' | 'node-port';
  role: ProbeName;
  destination: Place & { ip: string; port: number };
  crosses: Crosses;
  service: string;
  /** Sockets, each of which is led to an endpoint by itself. */
  sockets: number;
}

function echo({ settings }: RunContext, from: Place, { destination, sockets, ...to }: To): Planned<'udp-echo'> {
  const spec = {
    kind: 'udp-echo' as const,
    host: destination.ip,
    port: destination.port,
    payloadBytes: PAYLOAD_BYTES,
    attempts: DATAGRAMS,
    intervalMs: 10,
    timeoutMs: settings.timeoutMs,
  };
  return {
    ...to,
    kind: 'udp-echo',
    source: from,
    destination,
    asked: { protocol: 'udp', payloadBytes: PAYLOAD_BYTES },
    specs: Array.from({ length: sockets }, () => spec),
    judge: (results) => judgeReach(results),
    confirmTimes: CONFIRM_TIMES,
  };
}

const placeOf = ({ network, node, pod, ip }: ProbePod): Place => ({ network, node, pod, ip });

/** The canary's Service, and its port of UDP. */
function udpOf({ canary, topology }: RunContext) {
  const service = topology.services.find(({ namespace, name }) => `${namespace}/${name}` === canary?.service);
  const port = service?.ports.find(({ protocol }) => protocol === 'UDP');
  return canary && service && port && { service, port, name: canary.service };
}

/** The UDP port of Netwright's own Service by its ClusterIP, from every node and both networks. */
export function planCanaryUdp(context: RunContext): Planned<'udp-echo'>[] {
  const udp = udpOf(context);
  const ip = udp && clusterIpOf(udp.service);
  if (!udp || !ip) return [];
  return context.pods.map((pod) => {
    const from = placeOf(pod);
    return echo(context, from, {
      suite: 'cluster-ip',
      role: 'service',
      destination: { ip, port: udp.port.port, name: udp.name },
      crosses: byService(from, udp.name, 'small'),
      service: udp.name,
      sockets: context.settings.serviceAttempts,
    });
  });
}

/** The same by its NodePort on every node, from the node itself and those that are paired with it. */
export function planCanaryUdpNodePorts(context: RunContext): Planned<'udp-echo'>[] {
  const udp = udpOf(context);
  const nodePort = udp?.port.nodePort;
  if (!udp || nodePort === undefined) return [];
  const isAskedFrom = askingOf(context);
  const hosts = context.pods.filter(({ network }) => network === 'host');
  return context.topology.nodes.flatMap((node) =>
    hosts
      .filter((pod) => isAskedFrom(pod.node, node.name))
      .map((pod) => {
        const from = placeOf(pod);
        const planned = echo(context, from, {
          suite: 'node-port',
          role: 'from-node',
          destination: { network: 'host', node: node.name, ip: node.internalIp, port: nodePort, name: udp.name },
          crosses: byNodePort(from, node.name, udp.name, 'small'),
          service: udp.name,
          sockets: Math.ceil(context.settings.serviceAttempts / 2),
        });
        return pod.node === node.name
          ? planned
          : { ...planned, judge: unlessKeptOut<'udp-echo'>((results) => planned.judge(results)) };
      }),
  );
}
