import { LOST_ON_THE_WAY } from '../../model/burst.ts';
import type { ProbeName, ProbeObservation, ProbeOf, Verdict } from '../../model/observation.ts';
import { isUnanswered } from '../../model/own-ports.ts';
import type { TunnelFacts } from '../../model/overlay.ts';
import { podOf, type RunContext } from '../../model/run-context.ts';
import { execute, type ExecuteOptions } from '../execute.ts';
import { readCounters } from '../facts.ts';
import { pause } from '../pause.ts';
import { pairsOf } from '../plans/pairs.ts';
import { planControls } from './bursts/controls.ts';
import { planKubeletAnswers, planKubelets } from './bursts/kubelets.ts';
import { observePaces } from './bursts/paces.ts';
import { isElsewhere, uplinkOf } from './addresses.ts';
import type { HostLink } from './driver.ts';
import { driverOf } from './index.ts';
import { observeTunnels } from './tunnels.ts';
import { noiseBetween, type Noise } from './bursts/readings.ts';
import { burstRounds } from './bursts/rounds-of-bursts.ts';
import type { BurstField } from './bursts/target.ts';

/** Length of the quiet reading that shows how much traffic others send. */
const NOISE_WINDOW_MS = 200;

/**
 * Pairs whose burst left and did not arrive: the same port with other bytes tells a filter of the port from one of
 * VXLAN, also where the ports of the controls are closed.
 */
function lostOnTheWay(bursts: ProbeOf<'burst'>[]): [string, string][] {
  return bursts.flatMap(({ got, source, destination }): [string, string][] =>
    LOST_ON_THE_WAY.has(got.outcome) && source.node && destination.node ? [[source.node, destination.node]] : [],
  );
}

/** Whether a control was answered: silence at a port that need not be open is silence. */
function answerOf(controls: ProbeObservation[], role: ProbeName, from: string, to: string): Verdict {
  const control = controls.find(
    (probe) => probe.role === role && probe.source.node === from && probe.destination.node === to,
  );
  if (!control) return 'inconclusive';
  return isUnanswered(control) ? 'fail' : control.verdict;
}

/** Which ports of a node answered another and which did not: `UDP 18377 does not answer, TCP 10250 answers`. */
function portsText(controls: readonly ProbeObservation[], from: string, to: string): string {
  const asked = controls.filter(
    ({ role, verdict, source, destination }) =>
      role.startsWith('control-') && verdict !== 'inconclusive' && source.node === from && destination.node === to,
  );
  return asked
    .map(
      ({ asked: { protocol }, destination: { port }, succeeded }) =>
        `${protocol.toUpperCase()} ${port} ${succeeded > 0 ? 'answers' : 'does not answer'}`,
    )
    .join(', ');
}

/** What was read of the nodes, by their names. */
export interface OverlayFacts {
  links: ReadonlyMap<string, readonly HostLink[]>;
  tunnels: ReadonlyMap<string, TunnelFacts>;
}

/** Bursts by the overlay for every pair, as its driver sends them; what was lost on the way is tried with more. */
async function observeBursts(field: BurstField, pairs: [string, string][]): Promise<ProbeObservation[]> {
  const { burst } = driverOf(field.context.topology.overlay);
  if (burst === 'none') return [];
  if (burst === 'wrapped') return burstRounds(field, 'tunnel-burst', pairs);
  const bursts = await burstRounds(field, 'burst', pairs);
  const lost = lostOnTheWay(bursts);
  const plain = lost.length > 0 ? await burstRounds(field, 'plain-burst', lost) : [];
  const elsewhere = pairs.filter(([, to]) => isElsewhere(field.context, to));
  const internal = elsewhere.length > 0 ? await burstRounds(field, 'internal-burst', elsewhere) : [];
  return [...bursts, ...plain, ...internal];
}

/**
 * Judges every ordered pair of nodes: bursts by the overlay, the receiver's counters before and after, and the same
 * past the overlay as control. Controls and tunnel echoes are observations of their own, and so are, where a burst of
 * VXLAN was lost on the way, one of bytes that are no VXLAN, and where the overlay announces a foreign address, one to
 * the node's own.
 */
export async function observeOverlay(
  context: RunContext,
  options: ExecuteOptions,
  { links, tunnels: facts }: OverlayFacts,
): Promise<ProbeObservation[]> {
  const nodes = context.topology.nodes.map(({ name }) => name).filter((name) => podOf(context, name, 'host'));
  const pairs = pairsOf(context).filter((pair) => pair.every((name) => podOf(context, name, 'host')));
  const kubelets = [...planKubelets(context), ...planKubeletAnswers(context)];
  const controls = await execute([...planControls(context, pairs, links), ...kubelets], options);
  const tunnels = await observeTunnels(context, facts, options);
  const quiet = await readCounters(context, options.fleet, nodes, options.signal);
  await pause(NOISE_WINDOW_MS, options.signal);
  const before = await readCounters(context, options.fleet, nodes, options.signal);
  const uplink = new Map(
    nodes.map((node) => [
      node,
      uplinkOf(context, node, links.get(node) ?? [], Object.keys(before.get(node)?.devices ?? {})),
    ]),
  );
  const field: BurstField = {
    context,
    tunnels,
    links,
    options,
    nodes,
    uplink,
    noise: new Map<string, Noise>(
      nodes.map((node) => [
        node,
        noiseBetween(quiet.get(node), before.get(node), tunnels.get(node)?.device, uplink.get(node) as string),
      ]),
    ),
    control: (role, from, to) => answerOf(controls, role, from, to),
    ports: (from, to) => portsText(controls, from, to),
  };
  const bursts = await observeBursts(field, pairs);
  const paces = await observePaces(controls, context.settings.timeoutMs, options);
  return [...controls, ...bursts, ...paces];
}
