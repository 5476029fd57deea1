import type { Hook, PlainVerdict, Rule, Statement, Verdict } from '../../model/firewall.ts';
import { elementOf } from './compare.ts';
import type { Course } from './course.ts';
import { matchHolds, readAll, type MatchAnswer, type RuleContext } from './match.ts';
import type { ChainRules } from './node-index.ts';
import type { End, Line } from './packet.ts';
import { translate } from './translate.ts';

/** How a chain ends for a packet. `through`: no rule decided. */
type Outcome = { kind: 'accept' | 'through' } | { kind: 'end'; end: End };

const THROUGH: Outcome = { kind: 'through' };
const ACCEPT: Outcome = { kind: 'accept' };

export function placeOfRule({ ruleset: { program, backend } }: ChainRules, rule: Rule): string {
  const legacy = backend === 'legacy' ? ' (legacy)' : '';
  return program === 'nft'
    ? `nft ${rule.family} ${rule.table}/${rule.chain}`
    : `${program}${legacy} ${rule.table}/${rule.chain}`;
}

export const ruleLine = (chain: ChainRules, rule: Rule): Line => ({
  kind: 'rule',
  where: placeOfRule(chain, rule),
  text: rule.text,
  packets: rule.counter?.packets,
  rule,
  program: chain.ruleset.program,
});

/** What a rule does is of no weight to the packet's way. */
const isAside = ({ kind }: Statement): boolean => kind === 'log' || kind === 'count' || kind === 'aside';
const hasWeight = ({ verdict, statements }: Rule): boolean =>
  verdict !== undefined || !statements.every((statement) => isAside(statement));

const LETS_GO = new Set<string | undefined>(['accept', 'return', 'goto', 'map']);
/** Whether rules behind it see less of the packet, or another mark, than without it. */
const sways = ({ verdict, statements }: Rule): boolean =>
  LETS_GO.has(verdict?.kind) || statements.some(({ kind }) => kind === 'mark');

/** Matches of a rule in turn, until one does not hold. Those that cannot be told part the ways once. */
function ruleHolds(course: Course, context: RuleContext): boolean {
  const { rule } = context;
  const doubts: Exclude<MatchAnswer, { kind: 'yes' | 'no' }>[] = [];
  for (const match of rule.matches) {
    const answer = matchHolds(match, course, context);
    if (answer.kind === 'no') return false;
    if (answer.kind !== 'yes') doubts.push(answer);
  }
  const [doubt] = doubts.toSorted((a, b) => (a.kind === b.kind ? 0 : a.kind === 'open' ? -1 : 1));
  if (doubt && !hasWeight(rule)) {
    course.mayHit.push(rule);
    return false;
  }
  if (doubt && course.choices.pick(2, doubt.kind, `${doubt.why}: ${rule.text}`) === 1) return false;
  course.hits.push(rule);
  return true;
}

function doStatement(course: Course, statement: Statement, line: Line): Outcome | undefined {
  switch (statement.kind) {
    case 'mark': {
      const from = statement.from === 'meta mark' ? course.mark : course.connectionMark;
      const mark = ((from & statement.and) ^ statement.xor) >>> 0;
      if (statement.of === 'meta mark') {
        if (mark !== course.mark) Object.assign(course, { markedBy: line });
        course.mark = mark;
      } else course.connectionMark = mark;
      return undefined;
    }
    case 'notrack':
      course.notTracked = true;
      course.note('connection tracking', 'not tracked', line);
      return undefined;
    case 'ttl':
      course.packet = { ...course.packet, ttl: statement.value };
      course.note('time to live', `set to ${statement.value}`, line);
      return undefined;
    case 'zone':
      course.zone = statement.zone;
      course.note('connection tracking', 'in a zone of its own', line);
      return undefined;
    case 'unknown':
      return course.choices.isOpen(`what it does to the packet: ${statement.text}`)
        ? undefined
        : { kind: 'end', end: course.unknown(`what it does to the packet is not known: ${statement.text}`, line) };
    default:
      return undefined;
  }
}

/** A verdict map's verdict for a packet; undefined where it has none. */
function mapped(
  course: Course,
  { rule, ruleset, hook }: RuleContext,
  verdict: Extract<Verdict, { kind: 'map' }>,
): PlainVerdict | undefined | { open: string } {
  const named = verdict.set === undefined ? undefined : course.index.set(ruleset, rule, verdict.set);
  const set = named ?? (verdict.entries ? { elements: verdict.entries, dynamic: undefined } : undefined);
  if (!set) return { open: `the map ${verdict.set} was not read` };
  const readings = readAll(course, verdict.of, hook);
  if (!Array.isArray(readings)) return readings.kind === 'open' ? { open: readings.why } : undefined;
  const found = elementOf(set, verdict.of, readings);
  if (found === 'open') return { open: `which verdict the map gives: ${rule.text}` };
  return found?.verdict;
}

/** What a verdict makes of the packet; undefined where the next rule is asked. */
function decide(course: Course, chain: ChainRules, context: RuleContext, verdict: Verdict): Outcome | undefined {
  const { rule, hook } = context;
  const stop = (end: End): Outcome => ({ kind: 'end', end });
  switch (verdict.kind) {
    case 'accept':
      return ACCEPT;
    case 'continue':
      return undefined;
    case 'return':
      return THROUGH;
    case 'drop':
      return stop(course.stop('dropped', hook, ruleLine(chain, rule)));
    case 'reject':
      return stop(course.stop('refused', hook, ruleLine(chain, rule), verdict.with));
    case 'queue':
      return stop(course.unknown(`a program decides: ${rule.text}`, ruleLine(chain, rule)));
    case 'jump':
    case 'goto': {
      const target = course.index.chain(context.ruleset, rule, verdict.chain);
      if (!target) return stop(course.unknown(`chain ${verdict.chain} was not read`));
      const outcome = runChain(course, target, hook);
      if (outcome.kind !== 'through') return outcome;
      return verdict.kind === 'goto' ? THROUGH : undefined;
    }
    case 'map': {
      const found = mapped(course, context, verdict);
      if (found === undefined) return undefined;
      return 'open' in found ? stop(course.unknown(found.open)) : decide(course, chain, context, found);
    }
    case 'unknown':
      return stop(course.unknown(`what it decides is not known: ${verdict.text}`, ruleLine(chain, rule)));
    default: {
      const end = translate(course, verdict, context, ruleLine(chain, rule));
      return end ? stop(end) : ACCEPT;
    }
  }
}

/** A packet through the rules of a chain. */
export function runChain(course: Course, chain: ChainRules, hook: Hook): Outcome {
  for (const rule of chain.rules) {
    const context: RuleContext = { rule, ruleset: chain.ruleset, hook };
    if (!ruleHolds(course, context)) continue;
    if (sways(rule)) course.sways.push(ruleLine(chain, rule));
    for (const statement of rule.statements) {
      const ended = doStatement(course, statement, ruleLine(chain, rule));
      if (ended) return ended;
    }
    const outcome = rule.verdict && decide(course, chain, context, rule.verdict);
    if (outcome) return outcome;
  }
  return THROUGH;
}

/** A packet through a chain that it comes to by itself; undefined where it goes on. */
export function runBaseChain(course: Course, chain: ChainRules, hook: Hook): End | undefined {
  const outcome = runChain(course, chain, hook);
  if (outcome.kind === 'end') return outcome.end;
  const { name, family, table, policy, counter } = chain.chain;
  if (outcome.kind === 'accept' || policy !== 'drop') return undefined;
  const { program } = chain.ruleset;
  return course.stop('dropped', hook, {
    kind: 'policy',
    where: program === 'nft' ? `nft ${family} ${table}/${name}` : `${program} ${table}/${name}`,
    text: 'policy drop',
    packets: counter?.packets,
    chain: chain.chain,
    program,
  });
}
