import { isVxlan, type Tunnel, type TunnelFacts } from '../../model/overlay.ts';
import { agreed, traitsOf } from '../../model/overlay/index.ts';
import { podOf, type RunContext } from '../../model/run-context.ts';
import type { ExecuteOptions } from '../execute.ts';
import { readCounters } from '../facts.ts';
import { largest } from '../largest.ts';
import { pause } from '../pause.ts';
import { BURST_PAYLOAD_BYTES } from './bursts/controls.ts';
import type { Counters } from './bursts/readings.ts';

/** Datagrams that a node sends to itself to see which of its ports is the tunnel's. */
const COUNT = 16;
/** Time that the kernel needs from a socket to a device's counter on the same machine when it is busy. */
const SETTLE_MS = 20;
/** With more UDP ports than this none is tried: other people's services may be among them. */
const MOST_PORTS = 6;

const received = (counters: Counters | undefined, device: string): number | undefined =>
  counters?.devices[device]?.['rx_packets'];

/** A node whose tunnel has one port of several, as far as it is known. */
interface Open {
  node: string;
  address: string;
  device: string;
  vni: number;
  ports: number[];
}

const openOf = (context: RunContext, node: string, { device, vni, port, candidates }: Tunnel): Open[] => {
  const address = podOf(context, node, 'host')?.ip;
  return port === undefined && candidates && device !== undefined && vni !== undefined && address !== undefined
    ? [{ node, address, device, vni, ports: candidates.slice(0, MOST_PORTS) }]
    : [];
};

/** Sends VXLAN from a node to a port of its own: by the loopback device, past the network and every other node. */
async function toItself(
  { node, address, vni, ports }: Open,
  turn: number,
  { settings }: RunContext,
  { fleet, signal }: ExecuteOptions,
): Promise<void> {
  const port = ports[turn];
  if (port === undefined) return;
  const { timeoutMs } = settings;
  const shape = { count: COUNT, payloadBytes: BURST_PAYLOAD_BYTES, shape: 'vxlan' as const };
  await fleet.run(
    { network: 'host', node },
    {
      batch: `own-tunnel-${port}`,
      concurrency: 1,
      probes: [{ kind: 'burst', id: 'own', host: address, port, vni, ...shape, timeoutMs }],
    },
    { timeoutMs: timeoutMs + 10_000, signal },
  );
}

/**
 * Finds which of several ports is a node's tunnel's: what the node sends there to itself comes out of its device. Ports
 * on which that is seen, by node; several or none where it stays open.
 */
async function portsThatTake(
  context: RunContext,
  open: Open[],
  options: ExecuteOptions,
): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  const nodes = open.map(({ node }) => node);
  let before = await readCounters(context, options.fleet, nodes, options.signal);
  const mostPorts = largest(open.map(({ ports }) => ports.length));
  for (let turn = 0; turn < mostPorts; turn += 1) {
    await Promise.all(open.map((each) => toItself(each, turn, context, options)));
    await pause(SETTLE_MS, options.signal);
    const after = await readCounters(context, options.fleet, nodes, options.signal);
    for (const { node, device, ports } of open) {
      const [from, to] = [received(before.get(node), device), received(after.get(node), device)];
      const port = ports[turn];
      if (port !== undefined && from !== undefined && to !== undefined && to - from >= COUNT)
        found.set(node, [...(found.get(node) ?? []), port]);
    }
    before = after;
  }
  return found;
}

/**
 * What each node has of the overlay, recorded as a fact a node: by its annotations, devices and UDP sockets, and where
 * these leave several ports, by what it receives of what it sends to itself.
 */
export async function observeTunnels(
  context: RunContext,
  facts: ReadonlyMap<string, TunnelFacts>,
  options: ExecuteOptions,
): Promise<Map<string, Tunnel>> {
  const { overlay } = context.topology;
  const read = new Map([...facts].map(([node, seen]) => [node, traitsOf(overlay).tunnel(seen, overlay)]));
  const open = isVxlan(overlay) ? [...read].flatMap(([node, tunnel]) => openOf(context, node, tunnel)) : [];
  const found = open.length > 0 ? await portsThatTake(context, open, options) : new Map<string, number[]>();
  for (const [node, ports] of found) {
    const tunnel = read.get(node);
    const [port] = ports;
    if (!tunnel || port === undefined || ports.length > 1) continue;
    const { candidates: _, ...rest } = tunnel;
    read.set(node, { ...rest, port, source: 'VXLAN that the node sent to itself there came out of its device' });
  }
  const tunnels = agreed(read);
  for (const [node, value] of tunnels) options.recorder.fact({ source: 'probe', node, key: 'tunnel', value });
  return tunnels;
}
