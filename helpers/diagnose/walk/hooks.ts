import type { Hook } from '../../model/firewall.ts';
import { runBaseChain } from './chain.ts';
import type { Course } from './course.ts';
import { flowOf, retranslated, untracked } from './flow.ts';
import type { ChainRules } from './node-index.ts';
import type { End } from './packet.ts';
import { markSet, rewrite } from './translate.ts';

// Where in a hook the kernel's own parts stand, from include/uapi/linux/netfilter_ipv4.h.
const CONNECTION_TRACKING = -200;
const DESTINATION_NAT = -100;
const SOURCE_NAT = 100;

const OF_FAMILY = { ipv4: new Set(['ip', 'inet']), ipv6: new Set(['ip6', 'inet']) };

const isDestinationHook = (hook: Hook): boolean => hook === 'prerouting' || hook === 'output';

function track(course: Course): undefined {
  if (course.flow && course.isLooped) return undefined;
  course.flow = course.notTracked
    ? untracked(course.packet)
    : flowOf(course.packet, course.index.state.connections ?? [], course.zone);
  if (course.flow.state === 'established')
    course.note('connection tracking', `established, ${course.flow.direction} direction`, {
      kind: 'connection',
      where: 'conntrack',
      text: `${course.packet.protocol} from ${course.flow.original.source} to ${course.flow.original.destination}`,
    });
  return undefined;
}

function runTranslation(course: Course, hook: Hook, chains: ChainRules[]): End | undefined {
  const { flow } = course;
  if (!flow || flow.state === 'untracked' || flow.state === 'invalid') return undefined;
  const side = isDestinationHook(hook) ? 'destination' : 'source';
  if (isOfKnown(course)) {
    const to = retranslated(flow, side);
    if (to) {
      rewrite(course, side, to.address, to.port);
      course.note('translation', `${side} ${to.address}, as its connection began`);
    }
    return undefined;
  }
  // The first chain that settles the packet's address ends it.
  const isSettled = (): boolean =>
    (side === 'destination' ? course.flow?.isDestinationSet : course.flow?.isSourceSet) ?? false;
  for (const group of Map.groupBy(chains, ({ chain }) => chain.priority ?? 0).values()) {
    const end = isSettled()
      ? undefined
      : runAlike(course, group, (chain) => (isSettled() ? undefined : runBaseChain(course, chain, hook)));
    if (end) return end;
  }
  if (!isSettled()) markSet(course, hook);
  return undefined;
}

/** Whether the node had the connection before this packet came. */
const isOfKnown = ({ flow, index, packet }: Course): boolean =>
  flow !== undefined &&
  (index.state.connections ?? []).some(
    ({ protocol, original }) => protocol === packet.protocol && original === flow.original,
  );

/**
 * Chains of one priority: which comes first, the state does not say. Where one does something to the packet, the ways
 * part at whether it is the first or the last of those that are left.
 */
function runAlike(
  course: Course,
  chains: readonly ChainRules[],
  run: (chain: ChainRules) => End | undefined,
): End | undefined {
  const [chain, ...rest] = chains;
  if (!chain) return undefined;
  const back = course.bookmark();
  const before = course.condition;
  const end = run(chain);
  const others = rest.filter(({ rules, chain: { policy } }) => rules.length > 0 || policy === 'drop');
  const hasDone = end !== undefined || course.condition !== before;
  if (!hasDone || others.length === 0) return end ?? runAlike(course, rest, run);
  if (course.choices.isOpen('which of two chains of one priority comes first'))
    return end ?? runAlike(course, rest, run);
  back();
  return runAlike(course, others, run) ?? run(chain);
}

/** A packet through all that stands at one hook, in the kernel's order; undefined where it goes on. */
export function runHook(
  course: Course,
  hook: Hook,
  after: (type: string | undefined) => End | undefined = () => undefined,
): End | undefined {
  const { index, packet } = course;
  if (!index.state.rulesets) {
    course.miss('the rules of its firewall were not read');
    if (hook === 'prerouting' || hook === 'output') track(course);
    return undefined;
  }
  const families = OF_FAMILY[packet.family];
  const own = index.chains().filter(({ chain }) => chain.hook === hook && families.has(chain.family));
  const [translating, others] = [
    own.filter(({ chain }) => chain.type === 'nat'),
    own.filter(({ chain }) => chain.type !== 'nat'),
  ].map((chains) => chains.toSorted((a, b) => (a.chain.priority ?? 0) - (b.chain.priority ?? 0))) as [
    ChainRules[],
    ChainRules[],
  ];
  const groups = Map.groupBy(others, ({ chain }) => chain.priority ?? 0);
  const steps: { priority: number; run: () => End | undefined }[] = [...groups].map(([priority, chains]) => ({
    priority,
    run: () => runAlike(course, chains, (chain) => runBaseChain(course, chain, hook) ?? after(chain.chain.type)),
  }));
  if (hook === 'prerouting' || hook === 'output')
    steps.push({ priority: CONNECTION_TRACKING, run: () => track(course) });
  if (hook !== 'forward')
    steps.push({
      priority: isDestinationHook(hook) ? DESTINATION_NAT : SOURCE_NAT,
      run: () => runTranslation(course, hook, translating) ?? after('nat'),
    });
  for (const { run } of steps.toSorted((a, b) => a.priority - b.priority)) {
    const end = run();
    if (end) return end;
  }
  return undefined;
}

/** A frame through a bridge's own chains of one hook; undefined where it goes on. */
export function runBridgeHook(course: Course, hook: Hook): End | undefined {
  const own = course.index.chains().filter(({ chain }) => chain.hook === hook && chain.family === 'bridge');
  const groups = Map.groupBy(own, ({ chain }) => chain.priority ?? 0);
  course.isAtPorts = true;
  try {
    for (const [, chains] of [...groups].toSorted(([a], [b]) => a - b)) {
      const end = runAlike(course, chains, (chain) => runBaseChain(course, chain, hook));
      if (end) return end;
    }
    return undefined;
  } finally {
    course.isAtPorts = false;
  }
}

/** Where it is not known at which devices a chain stands, what it does is only asked where it does something. */
function runAt(course: Course, chain: ChainRules, hook: Hook): End | undefined {
  if (chain.chain.devices !== undefined) return runBaseChain(course, chain, hook);
  const back = course.bookmark();
  const before = course.condition;
  const end = runBaseChain(course, chain, hook);
  if (end === undefined && course.condition === before) return undefined;
  if (course.choices.isOpen(`at which devices ${chain.chain.table}/${chain.chain.name} stands`)) return end;
  back();
  return undefined;
}

/** Chains at a device, before or behind all others; undefined where the packet goes on. */
export function runDeviceHook(course: Course, hook: 'ingress' | 'egress', device: string): End | undefined {
  const own = course.index
    .chains()
    .filter(
      ({ chain, rules }) =>
        chain.hook === hook && (chain.devices?.includes(device) ?? (rules.length > 0 || chain.policy === 'drop')),
    );
  for (const chain of own) {
    const end = runAt(course, chain, hook);
    if (end) return end;
  }
  return undefined;
}
