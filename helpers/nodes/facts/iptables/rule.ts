import type { Match, Rule } from '../../../model/firewall.ts';
import { MATCHES, type RuleContext } from './matches.ts';
import { HARMLESS, TARGETS, type Effect } from './targets.ts';
import { optionsOf, wordsOf, type Option } from './words.ts';

/** Modules whose answer depends on the packets before. */
const RATES = new Set(['limit', 'hashlimit', 'connlimit', 'recent', 'quota', 'connbytes', 'rateest']);

const textOf = ({ name, not, values }: Option): string => `${not ? '! ' : ''}${[name, ...values].join(' ')}`;

/** Whether the path back to the source leads out where the packet came in. */
function reversePath(options: Option[]): Match {
  const has = (name: string) => options.some((option) => option.name === name);
  const way = `${has('--validmark') ? ' . mark' : ''}${has('--loose') ? '' : ' . iif'}` as const;
  if (has('--accept-local')) return { kind: 'unknown', text: options.map(textOf).join(' ') };
  return { kind: 'is', of: [{ field: `fib saddr${way} oif` }], values: [!has('--invert')] };
}

/** A share of the packets: by chance, or every so many. */
function statistic(options: Option[]): Match {
  const value = (name: string) => Number(options.find((option) => option.name === name)?.values[0]);
  const share = value('--probability');
  const every = value('--every');
  const not = options.some((option) => option.not);
  const taken = Number.isNaN(share) ? 1 / every : share;
  return Number.isNaN(taken)
    ? { kind: 'unknown', text: options.map(textOf).join(' ') }
    : { kind: 'chance', share: not ? 1 - taken : taken };
}

/** The type of an address to the device by which the packet leaves, or came; undefined where none is asked for. */
function typeAtDevice(options: Option[]): Match | undefined {
  const find = (name: string) => options.find((option) => option.name === name);
  const [source, destination] = [find('--src-type'), find('--dst-type')];
  const [field, option] =
    find('--limit-iface-out') && !destination
      ? (['fib saddr . oif type', source] as const)
      : find('--limit-iface-in') && !source
        ? (['fib daddr . iif type', destination] as const)
        : [];
  if (!field || !option) return undefined;
  const values = (option.values[0] ?? '').split(',').map((name) => name.toLowerCase());
  return { kind: 'is', of: [{ field }], ...(option.not && { not: true }), values };
}

/** What the options of one module ask for together; undefined where each is asked for itself. */
function moduleMatch(module: string, options: Option[]): Match | undefined {
  if (RATES.has(module)) return { kind: 'rate', text: [`-m ${module}`, ...options.map(textOf)].join(' ') };
  if (module === 'rpfilter') return reversePath(options);
  if (module === 'statistic') return statistic(options);
  if (module === 'addrtype') return typeAtDevice(options);
  // Modules of protocols ask for nothing by themselves; any other one without an option that is read might.
  return undefined;
}

/** Modules that ask for nothing but what their options say. */
const SILENT = new Set([
  'comment',
  'tcp',
  'udp',
  'sctp',
  'icmp',
  'icmp6',
  'ipv6-icmp',
  'multiport',
  'conntrack',
  'state',
  'mark',
  'connmark',
  'addrtype',
  'physdev',
  'set',
  'owner',
  'length',
  'pkttype',
  'ttl',
  'hl',
  'rt',
  'mac',
  'iprange',
  'nfacct',
  'helper',
]);

interface Parts {
  matches: Match[];
  statements: Rule['statements'];
  verdict?: Rule['verdict'];
  comment?: string;
}

/** Options in groups: what belongs to one module stands after its `-m`, the target's at the end. */
function groupsOf(options: Option[]): { head: Option; rest: Option[] }[] {
  const groups: { head: Option; rest: Option[] }[] = [];
  for (const option of options) {
    const isHead = ['-m', '-j', '-g'].includes(option.name) || /^-[a-z]$/.test(option.name);
    const last = groups.at(-1);
    if (isHead || !last) groups.push({ head: option, rest: [] });
    else last.rest.push(option);
  }
  return groups;
}

function readOption(option: Option, context: RuleContext, parts: Parts): void {
  if (option.name === '--comment') parts.comment = option.values.join(' ');
  else if (option.name === '--nfacct-name') parts.statements.push({ kind: 'count', name: option.values.join(' ') });
  else {
    if (option.name === '-p') context.protocol = option.not ? undefined : option.values[0]?.toLowerCase();
    // All protocols, or all ICMP: nothing is asked.
    if (option.name === '-p' && (option.values[0] === 'all' || option.values[0] === '0')) return;
    if (/^--icmp(v6)?-type$/.test(option.name) && option.values[0] === 'any') return;
    parts.matches.push(MATCHES[option.name]?.(option, context) ?? { kind: 'unknown', text: textOf(option) });
  }
}

function effectOf(head: Option, rest: Option[], isChain: (name: string) => boolean): Effect {
  const name = head.values[0] ?? '';
  const text = [textOf(head), ...rest.map(textOf)].join(' ');
  const target = TARGETS[name];
  if (isChain(name)) return { verdict: { kind: head.name === '-g' ? 'goto' : 'jump', chain: name } };
  if (target) return target(rest, text);
  return HARMLESS.has(name) ? { statement: { kind: 'aside', text } } : { verdict: { kind: 'unknown', text } };
}

/**
 * A rule in iptables-save's words, without its counter, table and chain. Options that are not known become unknown
 * matches, targets that are not known an unknown verdict.
 */
export function readRuleText(
  text: string,
  family: 'ip' | 'ip6',
  isChain: (name: string) => boolean,
): Pick<Rule, 'matches' | 'statements' | 'verdict' | 'comment' | 'text'> {
  const context: RuleContext = { family };
  const parts: Parts = { matches: [], statements: [] };
  for (const { head, rest } of groupsOf(optionsOf(wordsOf(text)))) {
    if (head.name === '-j' || head.name === '-g') {
      const { statement, verdict } = effectOf(head, rest, isChain);
      if (statement) parts.statements.push(statement);
      if (verdict) parts.verdict = verdict;
      continue;
    }
    const module = head.name === '-m' ? (head.values[0] ?? '') : undefined;
    const together = module === undefined ? undefined : moduleMatch(module, rest);
    if (together) parts.matches.push(together);
    else {
      if (module === undefined) readOption(head, context, parts);
      else if (!SILENT.has(module)) parts.matches.push({ kind: 'unknown', text: textOf(head) });
      for (const option of rest) readOption(option, context, parts);
    }
  }
  return { ...parts, text };
}
