import {
  walk,
  type Entry,
  type NodeState,
  type Packet,
  type Path,
  type Walk,
} from '../../../helpers/diagnose/walk/index.ts';
import type { Rule } from '../../../helpers/model/firewall.ts';
import { OUTSIDE, type Bench, type Observed } from './bench.ts';
import type { Seen } from './recorder.ts';
import type { KernelPacket, KernelState } from './states.ts';
import type { Sent } from './shell.ts';

/** What came of holding one state's walks against the kernel. */
export interface Compared {
  packets: number;
  /** Walks that left something open. */
  open: string[];
  /** In words; empty where they agree. */
  disagreements: string[];
}

/** Packets of the whole run have source ports of their own, so that none is taken for one of a known connection. */
let nextPort = 10_000;
const freshPort = (): number => {
  nextPort = nextPort >= 60_000 ? 10_000 : nextPort + 1;
  // Ports that packets go to have a meaning in the states' rules.
  return nextPort === 30_080 ? freshPort() : nextPort;
};

interface Probe {
  packet: Packet;
  walk: Walk;
}

const sentOf = (packet: KernelPacket): Sent => ({ ...packet, sourcePort: freshPort() });

const SYN = 2;
const packetOf = ({ protocol, source, sourcePort, destination, destinationPort, bytes }: Sent): Packet => ({
  family: 'ipv4',
  protocol,
  source,
  sourcePort,
  destination,
  destinationPort,
  bytes,
  dontFragment: true,
  ttl: 64,
  ...(protocol === 'tcp' && { tcpFlags: SYN }),
});

/** Where one way ends, as it would be seen; a port that is not known stands for any. */
function seenOf({ end }: Path): { at: 'outside' | 'own'; pattern: string[] } | undefined {
  if (end.kind !== 'left' && end.kind !== 'delivered') return undefined;
  const { source = '', destination, protocol, sourcePort, destinationPort } = end.packet;
  const ends = [source, destination, protocol, String(sourcePort ?? '*'), String(destinationPort ?? '*')];
  return end.kind === 'left'
    ? { at: 'outside', pattern: [end.device.replace('r', 'o'), ...ends] }
    : { at: 'own', pattern: [end.device, ...ends] };
}

const fits = (pattern: readonly string[], seen: Seen): boolean =>
  seen.split(' ').every((word, at) => pattern[at] === '*' || pattern[at] === word);

/** All ways that several packets may have gone together, up to so many. */
const MOST_TOGETHER = 512;
function together(probes: readonly Probe[]): Path[][] | undefined {
  let all: Path[][] = [[]];
  for (const { walk: each } of probes) {
    all = all.flatMap((paths) => each.paths.map((path) => [...paths, path]));
    if (all.length > MOST_TOGETHER) return undefined;
  }
  return all;
}

const REFUSALS = new Set(['refused', 'no-route', 'unreachable', 'prohibited', 'not-forwarded', 'too-big', 'expired']);

/** Verdicts by which a message of the router's own may come back to it. */
const TURNING = new Set(['reject', 'dnat', 'redirect', 'snat', 'masquerade']);

/** Rules that the router's own messages may come to as well: their counters count these too. */
function isAskedOfOwn(state: NodeState): (rule: Rule) => boolean {
  const reached = new Set<string>();
  const key = ({ family, table }: { family: string; table: string }, chain: string) => `${family} ${table} ${chain}`;
  for (const { chains, rules, sets } of state.rulesets ?? []) {
    const begin = chains.filter(({ hook }) => hook === 'output' || hook === 'postrouting');
    for (const chain of begin) reached.add(key(chain, chain.name));
    for (const at of reached)
      for (const rule of rules.filter((each) => key(each, each.chain) === at)) {
        const { verdict } = rule;
        const targets =
          verdict?.kind === 'jump' || verdict?.kind === 'goto'
            ? [verdict.chain]
            : verdict?.kind === 'map'
              ? [
                  ...(verdict.entries ?? []).map((entry) => entry.verdict),
                  ...sets.flatMap(({ elements }) => elements.map((element) => element.verdict)),
                ].flatMap((each) => (each?.kind === 'jump' || each?.kind === 'goto' ? [each.chain] : []))
              : [];
        for (const target of targets) reached.add(key(rule, target));
      }
  }
  // One that is refused or translated there may come back to the router itself, through every hook.
  const mayReturn = (state.rulesets ?? []).some(({ rules }) =>
    rules.some((rule) => reached.has(key(rule, rule.chain)) && TURNING.has(rule.verdict?.kind ?? '')),
  );
  return (rule) => mayReturn || reached.has(key(rule, rule.chain));
}

/** Rules whose counters do not stand where the ways say. */
function wrongCounters(state: NodeState, paths: readonly Path[]): string[] {
  const expected = new Map<Rule, number>();
  for (const { hits } of paths) for (const rule of hits) expected.set(rule, (expected.get(rule) ?? 0) + 1);
  const maybe = new Set(paths.flatMap(({ mayHit }) => mayHit));
  const refused = paths.filter(({ end }) => REFUSALS.has(end.kind));
  // What is said against a packet of its own comes back to it, through every hook.
  if (refused.some(({ stages }) => stages[0]?.what.startsWith('out by'))) return [];
  const isSkipped = refused.length > 0 ? isAskedOfOwn(state) : () => false;
  return (state.rulesets ?? [])
    .flatMap(({ rules }) => rules)
    .flatMap((rule) => {
      const { counter, text, chain } = rule;
      const wanted = expected.get(rule) ?? 0;
      if (!counter || maybe.has(rule) || isSkipped(rule) || counter.packets === wanted) return [];
      return [`${chain}: ${text}: counted ${counter.packets}, walked ${wanted}`];
    });
}

const stageWords = ({ at, what, line }: Path['stages'][number]): string =>
  `${at}: ${what}${line ? ` by ${line.text}` : ''}`;
const wayWords = ({ packet, walk: { paths } }: Probe): string => {
  const { protocol, source = 'own', sourcePort, destination, destinationPort } = packet;
  const ways = paths.map(({ end, stages }) => `${end.kind} (${stages.map(stageWords).join('; ')})`);
  return `${protocol} ${source}:${sourcePort} to ${destination}:${destinationPort}: ${ways.join(' | ')}`;
};

/** Puts the router into a state, sends its packets and then answers to them, and compares walks with what was seen. */
export async function holdAgainstKernel(bench: Bench, state: KernelState): Promise<Compared> {
  const complaints = (await bench.put(state)).trim();
  const sent = state.packets.map((packet) => ({ sent: sentOf(packet), isOwn: packet.isOwn }));
  await bench.send(
    sent.filter(({ isOwn }) => !isOwn).map((each) => each.sent),
    sent.filter(({ isOwn }) => isOwn).map((each) => each.sent),
  );
  // Answers to what has come out of the router, from where it came to.
  const answers = [...(await bench.seen())].flatMap((each) => answerTo(each) ?? []);
  await bench.send(answers, []);
  const seen = await bench.look(state);
  await bench.clear(state);
  if (complaints !== '') {
    const line = lineOf(complaints, state);
    return { packets: 0, open: [], disagreements: [`refused by a program: ${complaints}: ${line}`] };
  }
  const probes = sent.map(({ sent: each, isOwn }): Probe => {
    const packet = packetOf(each);
    return { packet, walk: walk(seen.state, packet, isOwn ? { by: 'process' } : entryOf(each)) };
  });
  const answered = answers.flatMap((each): Probe[] => {
    const paths = pathsTo(probes, each);
    const packet = packetOf(each);
    // Of flows that were given ports at random it cannot be told which is answered: each may be.
    const walks = paths.map(({ connection: known }) => {
      // A port that was given at random is known now.
      const connections = known ? [{ ...known, reply: { ...known.reply, destinationPort: each.destinationPort } }] : [];
      return walk({ ...seen.state, connections }, packet, entryOf(each));
    });
    const [first] = walks;
    return first ? [{ packet, walk: { ...first, paths: walks.flatMap((one) => one.paths) } }] : [];
  });
  return judge(seen, [...probes, ...answered], answered.length === answers.length);
}

const entryOf = ({ source = '' }: Sent): Entry => ({ by: 'device', device: `r${OUTSIDE[source] ?? 0}` });

function answerTo(seen: Seen): Sent | undefined {
  const [, source = '', destination = '', protocol, sourcePort, destinationPort] = seen.split(' ');
  if (protocol !== 'udp' || OUTSIDE[destination] === undefined) return undefined;
  return {
    protocol,
    source: destination,
    sourcePort: Number(destinationPort),
    destination: source,
    destinationPort: Number(sourcePort),
    bytes: 60,
  };
}

/** Ways of the packets that may be answered. */
function pathsTo(probes: readonly Probe[], answer: Sent): Path[] {
  const { source, sourcePort, destination, destinationPort } = answer;
  const ends = [destination, source, 'udp', destinationPort, sourcePort].join(' ');
  const fitting = probes
    .flatMap(({ walk: { paths } }) => paths)
    .filter((each) => {
      const expected = seenOf(each);
      return expected?.at === 'outside' && fits(expected.pattern.slice(1), ends);
    });
  return [...new Map(fitting.map((path) => [JSON.stringify(path.connection), path])).values()];
}

function judge(seen: Observed, probes: readonly Probe[], areAll: boolean): Compared {
  const open = probes.filter(({ walk: each }) => !each.isTold).map(({ walk: each }) => each.open.join('; '));
  const ways = together(probes);
  if (!ways) return { packets: probes.length, open: probes.map(() => 'too many ways together'), disagreements: [] };
  const counted = (paths: readonly Path[]) => (open.length > 0 || !areAll ? [] : wrongCounters(seen.state, paths));
  const wrong = ways.map((paths) => {
    const expected = paths.flatMap((path) => seenOf(path) ?? []);
    const missing = expected.filter(({ at, pattern }) => ![...seen[at]].some((each) => fits(pattern, each)));
    const surplus = (['outside', 'own'] as const).flatMap((place) =>
      [...seen[place]].filter((each) => !expected.some(({ at, pattern }) => at === place && fits(pattern, each))),
    );
    return [
      ...missing.map(({ at, pattern }) => `not seen ${at}: ${pattern.join(' ')}`),
      ...surplus.map((each) => `seen though not walked: ${each}`),
      ...counted(paths),
    ];
  });
  const best = wrong.toSorted((a, b) => a.length - b.length)[0] ?? [];
  // A way that is not known ends anywhere: what is seen of such a packet says nothing.
  const isUnknown = probes.some(({ walk: { paths } }) => paths.some(({ end }) => end.kind === 'unknown'));
  return {
    packets: probes.length,
    open,
    disagreements: best.length === 0 || isUnknown ? [] : [...best, ...probes.map(wayWords)],
  };
}

/** The line of iptables' rules that its program complains about. */
const lineOf = (complaints: string, { iptables }: KernelState): string =>
  iptables.split('\n')[Number(/line:? (\d+)/.exec(complaints)?.[1] ?? Number.NaN) - 1] ?? '';
