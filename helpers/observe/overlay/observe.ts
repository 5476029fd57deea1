import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbeObservation, ProbeOf, Verdict } from '../../model/observation.ts';
import { podOf, type RunContext } from '../../model/run-context.ts';
import { execute, type ExecuteOptions } from '../execute.ts';
import { readCounters } from '../facts.ts';
import { nodePairs } from '../plans/pairs.ts';
import { planControls, planKubelets } from './bursts/controls.ts';
import { observePaces } from './bursts/paces.ts';
import { isElsewhere, uplinkOf, type HostLink } from './addresses.ts';
import { noiseBetween, type Noise } from './bursts/readings.ts';
import { burstRounds, type BurstField, type VxlanOverlay } from './bursts/rounds-of-bursts.ts';

/** How long a quiet reading lasts from which the traffic of others is told. */
const NOISE_WINDOW_MS = 200;

/**
 * Pairs whose burst left and did not arrive: the same port with other bytes tells a filter of the port from one of
 * VXLAN.
 */
function lostOnTheWay(bursts: ProbeOf<'burst'>[]): [string, string][] {
  return bursts.flatMap(({ got, source, destination }): [string, string][] =>
    got.outcome === 'blocked' && source.node && destination.node ? [[source.node, destination.node]] : [],
  );
}

/**
 * Judges every ordered pair of nodes: bursts of VXLAN-shaped datagrams, the receiver's counters before and after, and
 * the same over another port as control. Controls and tunnel echoes are observations of their own, and so are, where a
 * burst was lost on the way, one of bytes that are no VXLAN, and where flannel announces a foreign address, one to the
 * node's own.
 */
export async function observeVxlan(
  context: RunContext,
  overlay: VxlanOverlay,
  options: ExecuteOptions,
  links: ReadonlyMap<string, HostLink[]>,
): Promise<ProbeObservation[]> {
  const nodes = context.topology.nodes.map(({ name }) => name).filter((name) => podOf(context, name, 'host'));
  const pairs = nodePairs(nodes, context.settings.fullMeshNodes);
  const controls = await execute([...planControls(context, pairs), ...planKubelets(context)], options);
  const quiet = await readCounters(context, options.fleet, nodes, options.signal);
  await sleep(NOISE_WINDOW_MS);
  const before = await readCounters(context, options.fleet, nodes, options.signal);
  const uplink = new Map(
    nodes.map((node) => [
      node,
      uplinkOf(context, node, links.get(node) ?? [], Object.keys(before.get(node)?.devices ?? {})),
    ]),
  );
  const field: BurstField = {
    context,
    overlay,
    options,
    nodes,
    uplink,
    noise: new Map<string, Noise>(
      nodes.map((node) => [
        node,
        noiseBetween(quiet.get(node), before.get(node), overlay.device, uplink.get(node) as string),
      ]),
    ),
    control: (role, from, to): Verdict =>
      controls.find((probe) => probe.role === role && probe.source.node === from && probe.destination.node === to)
        ?.verdict ?? 'inconclusive',
  };
  const bursts = await burstRounds(field, 'burst', pairs);
  const lost = lostOnTheWay(bursts);
  const plain = lost.length > 0 ? await burstRounds(field, 'plain-burst', lost) : [];
  const elsewhere = pairs.filter(([, to]) => isElsewhere(context, to));
  const internal = elsewhere.length > 0 ? await burstRounds(field, 'internal-burst', elsewhere) : [];
  const paces = await observePaces(controls, context.settings.timeoutMs, options);
  return [...controls, ...bursts, ...plain, ...internal, ...paces];
}
