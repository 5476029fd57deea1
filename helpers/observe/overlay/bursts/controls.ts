import { podOf, type RunContext } from '../../../model/run-context.ts';
import { isElsewhere, overlayAddress } from '../addresses.ts';
import { judgeReach } from '../../judges.ts';
import type { ProbeResult } from '../../../probe/protocol.ts';
import type { Judgement, PlannedProbe } from '../../planned-probe.ts';
import { TOLERATED_LOSS } from '../../../model/thresholds.ts';

/** UDP payload of a burst's datagrams and of its control: the same, so that size cannot be the difference. */
export const BURST_PAYLOAD_BYTES = 120;

/** The address of a flannel node's tunnel device: the first of its pod range (flannel gives it `<podCIDR>.0/32`). */
export function tunnelAddress(podCidrs: string[]): string | undefined {
  return podCidrs.find((cidr) => cidr.includes('.'))?.split('/')[0];
}

/** On every node a kubelet listens here; whether others than servers may reach it is the cluster's choice. */
const KUBELET_PORT = 10_250;

/** A port that need not be open: where it is, it shows that something of the peer passes; where not, nothing. */
function judgeEvidence(results: ProbeResult[]): Judgement {
  const judgement = judgeReach(results);
  return judgement.verdict === 'fail'
    ? { ...judgement, verdict: 'inconclusive', reason: `need not be open: ${judgement.reason ?? ''}` }
    : judgement;
}

/** An echo of a burst's size to a host's own address, datagrams one after the other at an interval. */
export function udpEcho(
  way: Pick<PlannedProbe, 'suite' | 'pathClass' | 'source' | 'role' | 'destination'>,
  pace: { attempts: number; intervalMs: number; timeoutMs: number },
): PlannedProbe {
  const { ip = '', port = 0 } = way.destination;
  return {
    ...way,
    kind: 'udp-echo',
    asked: { protocol: 'udp', payloadBytes: BURST_PAYLOAD_BYTES },
    specs: [{ kind: 'udp-echo', host: ip, port, payloadBytes: BURST_PAYLOAD_BYTES, ...pace }],
    judge: (results) => judgeReach(results, TOLERATED_LOSS),
  };
}

/**
 * What goes with the bursts of each pair: an echo over another UDP port and a TCP connect, host to host, to the address
 * that the overlay uses (the controls), and an echo to the peer's tunnel address, which the kernel itself encapsulates
 * (the overlay without pods and bridges). Where flannel announces another address than the node's own, the controls go
 * to that as well.
 */
export function planControls(context: RunContext, pairs: [string, string][]): PlannedProbe[] {
  const { timeoutMs, udpAttempts } = context.settings;
  const { hostTcp, hostUdp } = context.agent.ports;
  return pairs.flatMap(([from, to]): PlannedProbe[] => {
    const source = podOf(context, from, 'host');
    const target = podOf(context, to, 'host');
    if (!source || !target) return [];
    const announced = overlayAddress(context, to) ?? target.ip;
    const base = {
      suite: 'vxlan' as const,
      pathClass: 'host-host' as const,
      source: { network: 'host' as const, node: from, pod: source.pod, ip: source.ip },
    };
    const echo = (role: string, ip: string): PlannedProbe =>
      udpEcho(
        { ...base, role, destination: { network: 'host', node: to, pod: target.pod, ip, port: hostUdp } },
        { attempts: udpAttempts, intervalMs: 5, timeoutMs },
      );
    const connect = (role: string, ip: string, port: number, judge: PlannedProbe['judge']): PlannedProbe => ({
      ...base,
      kind: 'tcp',
      role,
      destination: { network: 'host', node: to, pod: target.pod, ip, port },
      asked: { protocol: 'tcp' },
      specs: [{ kind: 'tcp', host: ip, port, timeoutMs }],
      judge,
    });
    const tunnel = tunnelAddress(context.topology.nodes.find(({ name }) => name === to)?.podCidrs ?? []);
    return [
      echo('control-udp', announced),
      ...(tunnel ? [echo('tunnel-echo', tunnel)] : []),
      connect('control-tcp', announced, hostTcp, judgeReach),
      ...(isElsewhere(context, to)
        ? [echo('internal-udp', target.ip), connect('internal-tcp', target.ip, hostTcp, judgeReach)]
        : []),
    ];
  });
}

/** Each node's kubelet, asked from every other node: those of nodes too that no probe of ours is heard on. */
export function planKubelets({ settings, topology, pods }: RunContext): PlannedProbe[] {
  const sources = pods.filter(({ network }) => network === 'host');
  return sources.flatMap(({ node, pod, ip }) =>
    topology.nodes
      .filter(({ name, internalIp }) => name !== node && internalIp)
      .map(({ name, internalIp }): PlannedProbe => ({
        suite: 'vxlan',
        kind: 'tcp',
        role: 'control-kubelet',
        pathClass: 'host-host',
        source: { network: 'host', node, pod, ip },
        destination: { network: 'host', node: name, ip: internalIp, port: KUBELET_PORT },
        asked: { protocol: 'tcp' },
        specs: [{ kind: 'tcp', host: internalIp, port: KUBELET_PORT, timeoutMs: settings.timeoutMs }],
        judge: judgeEvidence,
      })),
  );
}
