import { podOf, type RunContext } from '../../../model/run-context.ts';
import { isElsewhere, nodeOf, overlayAddress } from '../addresses.ts';
import type { HostLink } from '../driver.ts';
import { driverOf } from '../index.ts';
import { asEvidence, judgeReach } from '../../judges.ts';
import type { Crosses, Place, ProbeName } from '../../../model/observation.ts';
import type { Planned } from '../../planned-probe.ts';
import { directly } from '../../plans/crossing.ts';
import { TOLERATED_LOSS } from '../../../model/thresholds.ts';

/** UDP payload of a burst's datagrams and of its control: the same, so that size cannot be the difference. */
export const BURST_PAYLOAD_BYTES = 120;

/** An address of a node that its kernel answers for and that peers reach by the overlay alone. */
export function echoAddress(
  context: RunContext,
  links: ReadonlyMap<string, readonly HostLink[]>,
  name: string,
): string | undefined {
  const node = nodeOf(context, name);
  return node && driverOf(context.topology.overlay).echoAddress(node, links.get(name) ?? []);
}

/** Said of a target that need not answer: an answer shows that the path passes packets, silence shows nothing. */
export const NEED_NOT_BE_OPEN = 'need not be open';

/** An echo of a burst's size to a host's own address, datagrams one after the other at an interval. */
export function udpEcho(
  way: Pick<Planned, 'suite' | 'pathClass' | 'source' | 'role' | 'destination' | 'crosses'>,
  pace: { attempts: number; intervalMs: number; timeoutMs: number },
): Planned<'udp-echo'> {
  const { ip = '', port = 0 } = way.destination;
  return {
    ...way,
    kind: 'udp-echo',
    asked: { protocol: 'udp', payloadBytes: BURST_PAYLOAD_BYTES },
    specs: [{ kind: 'udp-echo', host: ip, port, payloadBytes: BURST_PAYLOAD_BYTES, ...pace }],
    judge: (results) => judgeReach(results, TOLERATED_LOSS),
  };
}

/** An echo to a tunnel's address, whose silence says nothing where a sound overlay need not lead to it. */
const tunnelEcho = (probe: Planned<'udp-echo'>, mayBeSilent: boolean): Planned<'udp-echo'> =>
  mayBeSilent ? { ...probe, judge: (results) => asEvidence(probe.judge(results), NEED_NOT_BE_OPEN) } : probe;

/**
 * What goes with the bursts of each pair: an echo over another UDP port and a TCP connect, host to host, to the address
 * that the overlay uses (the controls), and an echo to the peer's tunnel address, which the kernel itself encapsulates
 * (the overlay without pods and bridges). Where the overlay announces another address than the node's own, the controls
 * go to that as well.
 */
export function planControls(
  context: RunContext,
  pairs: [string, string][],
  links: ReadonlyMap<string, readonly HostLink[]>,
): (Planned<'udp-echo'> | Planned<'tcp'>)[] {
  const { timeoutMs, udpAttempts } = context.settings;
  const { hostTcp, hostUdp } = context.agent.ports;
  const { mayBeSilent = false } = driverOf(context.topology.overlay);
  return pairs.flatMap(([from, to]): (Planned<'udp-echo'> | Planned<'tcp'>)[] => {
    const source = podOf(context, from, 'host');
    const target = podOf(context, to, 'host');
    if (!source || !target) return [];
    const announced = overlayAddress(context, to) ?? target.ip;
    const base = {
      suite: 'overlay' as const,
      pathClass: 'host-host' as const,
      source: { network: 'host' as const, node: from, pod: source.pod, ip: source.ip },
    };
    const echo = (role: ProbeName, ip: string, more: Partial<Crosses> = {}): Planned<'udp-echo'> => {
      const destination: Place = { network: 'host', node: to, pod: target.pod, ip, port: hostUdp };
      return udpEcho(
        { ...base, role, destination, crosses: directly(base.source, destination, 'small', more) },
        { attempts: udpAttempts, intervalMs: 5, timeoutMs },
      );
    };
    const connect = (role: ProbeName, ip: string, port: number): Planned<'tcp'> => {
      const destination: Place = { network: 'host', node: to, pod: target.pod, ip, port };
      return {
        ...base,
        kind: 'tcp',
        role,
        destination,
        crosses: directly(base.source, destination, 'small'),
        asked: { protocol: 'tcp' },
        specs: [{ kind: 'tcp', host: ip, port, timeoutMs }],
        judge: judgeReach,
      };
    };
    const tunnel = echoAddress(context, links, to);
    return [
      echo('control-udp', announced),
      ...(tunnel ? [tunnelEcho(echo('tunnel-echo', tunnel, { overlay: [[from, to]] }), mayBeSilent)] : []),
      connect('control-tcp', announced, hostTcp),
      ...(isElsewhere(context, to)
        ? [echo('internal-udp', target.ip), connect('internal-tcp', target.ip, hostTcp)]
        : []),
    ];
  });
}
