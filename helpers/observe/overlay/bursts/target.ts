import type { ProbeName, Verdict } from '../../../model/observation.ts';
import type { Tunnel } from '../../../model/overlay.ts';
import { podOf, type RunContext } from '../../../model/run-context.ts';
import type { ExecuteOptions } from '../../execute.ts';
import { overlayAddress } from '../addresses.ts';
import type { HostLink } from '../driver.ts';
import { echoAddress } from './controls.ts';
import type { Noise } from './readings.ts';

/** What bursts are sent among, and what is known of it beforehand. */
export interface BurstField {
  context: RunContext;
  /** What each node has of the overlay. */
  tunnels: ReadonlyMap<string, Tunnel>;
  links: ReadonlyMap<string, readonly HostLink[]>;
  options: ExecuteOptions;
  /** Nodes that have a probe in the host network. */
  nodes: string[];
  uplink: ReadonlyMap<string, string>;
  noise: ReadonlyMap<string, Noise>;
  control: (role: ProbeName, from: string, to: string) => Verdict;
  /** Which other ports of the second answered the first. */
  ports: (from: string, to: string) => string;
}

/**
 * What a burst is for: `burst` is VXLAN as a tunnel device sends it, to where peers send it; `plain-burst` are bytes on
 * the same port that are no VXLAN header; `internal-burst` is VXLAN to the node's own address, where flannel announces
 * another; `tunnel-burst` are bytes to the peer's tunnel address, which the sender's kernel wraps, whatever the tunnel.
 */
export type BurstRole = 'burst' | 'plain-burst' | 'internal-burst' | 'tunnel-burst';

/** Where a burst goes: to the port that the sender's tunnel sends to, which need not be the receiver's. */
interface Target {
  host: string;
  port: number;
  shape: 'vxlan' | 'random';
  vni: number;
}

/** Where a burst from one node to another goes, or why it cannot be sent. */
export function targetOf(
  { context, tunnels, links }: BurstField,
  role: BurstRole,
  from: string,
  to: string,
): Target | string {
  const own = podOf(context, to, 'host')?.ip;
  if (!own) return `no probe on ${to}`;
  if (role === 'tunnel-burst') {
    const host = echoAddress(context, links, to);
    const { hostUdp: port } = context.agent.ports;
    return host === undefined ? `the tunnel address of ${to} is not known` : { host, port, shape: 'random', vni: 0 };
  }
  const { port, vni, source } = tunnels.get(from) ?? { source: 'nothing was read of the node' };
  if (port === undefined || vni === undefined) return `the UDP port of the tunnel of ${from} is not known: ${source}`;
  const host = role === 'internal-burst' ? own : (overlayAddress(context, to) ?? own);
  return { host, port, shape: role === 'plain-burst' ? 'random' : 'vxlan', vni };
}
