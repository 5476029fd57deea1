import { podOf, type RunContext } from '../context.ts';
import { judgeReach, TOLERATED_LOSS } from '../judges.ts';
import type { PlannedProbe } from '../planned-probe.ts';

/** UDP payload of a burst's datagrams and of its control: the same, so that size cannot be the difference. */
export const BURST_PAYLOAD_BYTES = 120;

/** The address of a flannel node's tunnel device: the first of its pod range (flannel gives it `<podCIDR>.0/32`). */
export function tunnelAddress(podCidrs: string[]): string | undefined {
  return podCidrs.find((cidr) => cidr.includes('.'))?.split('/')[0];
}

/**
 * What goes with the bursts of each pair: an echo over another UDP port and a TCP connect, host to host (the controls), and an
 * echo to the peer's tunnel address, which the kernel itself encapsulates (the overlay without pods and bridges).
 */
export function planControls(context: RunContext, pairs: [string, string][]): PlannedProbe[] {
  const { timeoutMs, udpAttempts } = context.settings;
  const { hostTcp, hostUdp } = context.agent.ports;
  return pairs.flatMap(([from, to]): PlannedProbe[] => {
    const source = podOf(context, from, 'host');
    const target = podOf(context, to, 'host');
    if (!source || !target) return [];
    const base = {
      suite: 'vxlan' as const,
      pathClass: 'host-host' as const,
      source: { network: 'host' as const, node: from, pod: source.pod, ip: source.ip },
    };
    const echo = (role: string, ip: string): PlannedProbe => ({
      ...base,
      kind: 'udp-echo',
      role,
      destination: { network: 'host', node: to, pod: target.pod, ip, port: hostUdp },
      asked: { protocol: 'udp', payloadBytes: BURST_PAYLOAD_BYTES },
      specs: [{ kind: 'udp-echo', host: ip, port: hostUdp, payloadBytes: BURST_PAYLOAD_BYTES, attempts: udpAttempts, intervalMs: 5, timeoutMs }],
      judge: (results) => judgeReach(results, TOLERATED_LOSS),
    });
    const tunnel = tunnelAddress(context.topology.nodes.find(({ name }) => name === to)?.podCidrs ?? []);
    return [
      echo('control-udp', target.ip),
      ...(tunnel ? [echo('tunnel-echo', tunnel)] : []),
      {
        ...base,
        kind: 'tcp',
        role: 'control-tcp',
        destination: { network: 'host', node: to, pod: target.pod, ip: target.ip, port: hostTcp },
        asked: { protocol: 'tcp' },
        specs: [{ kind: 'tcp', host: target.ip, port: hostTcp, timeoutMs }],
        judge: judgeReach,
      },
    ];
  });
}
