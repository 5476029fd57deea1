import type { Hook, Match, NamedSet, Rule, Ruleset, Selector } from '../../model/firewall.ts';
import { anyOf, elementOf, valueHolds } from './compare.ts';
import type { Course } from './course.ts';
import { readField, type Reading } from './fields.ts';
import { ipsetSelectors } from './ipset.ts';

/** Whether a match holds for a packet. `chance` for what holds for a share of packets. */
export type MatchAnswer =
  | { kind: 'yes' }
  | { kind: 'no' }
  | { kind: 'chance'; why: string }
  | { kind: 'open'; why: string };

const YES: MatchAnswer = { kind: 'yes' };
const NO: MatchAnswer = { kind: 'no' };

export interface RuleContext {
  rule: Rule;
  ruleset: Ruleset;
  hook: Hook;
}

/** What a packet has where some selectors look: readings, or why a match on them is settled already. */
export function readAll(course: Course, of: readonly Selector[], hook: Hook): Reading[] | MatchAnswer {
  const readings = of.map((selector) => readField(course, selector, hook));
  if (readings.some(({ kind }) => kind === 'absent')) return NO;
  const open = readings.find((reading) => reading.kind === 'open');
  return open?.kind === 'open' ? { kind: 'open', why: open.why } : readings;
}

const answer = (holds: boolean | undefined, not: boolean, why: string): MatchAnswer =>
  holds === undefined ? { kind: 'open', why } : holds === not ? NO : YES;

function inSet(
  course: Course,
  { hook }: RuleContext,
  { of, not, set }: { of: readonly Selector[]; not: boolean; set: NamedSet | undefined },
  name: string,
): MatchAnswer {
  if (!set) return { kind: 'open', why: `the set ${name} was not read` };
  const readings = readAll(course, of, hook);
  if (!Array.isArray(readings)) return readings;
  const found = elementOf(set, of, readings);
  return answer(found === 'open' ? undefined : found !== undefined, not, `what is in the set ${name}`);
}

/** Whether one match of a rule holds. */
export function matchHolds(match: Match, course: Course, context: RuleContext): MatchAnswer {
  const { rule, ruleset, hook } = context;
  switch (match.kind) {
    case 'is': {
      const readings = readAll(course, match.of, hook);
      if (!Array.isArray(readings)) return readings;
      const holds = anyOf(match.values.map((value) => valueHolds(match.of, value, readings)));
      return answer(holds, match.not === true, `the match of ${match.of.map(({ field }) => field).join(' . ')}`);
    }
    case 'in-set': {
      const not = match.not === true;
      if (ruleset.program === 'nft')
        return inSet(
          course,
          context,
          { of: match.of, not, set: course.index.set(ruleset, rule, match.set) },
          match.set,
        );
      return inSet(course, context, { of: match.of, not, set: course.index.ipset(match.set) }, match.set);
    }
    case 'in-ipset': {
      const set = course.index.ipset(match.set);
      const of = set && ipsetSelectors(set, match.sides, course.packet.family);
      if (set && !of) return { kind: 'open', why: `the match of the set ${match.set} of type ${set.type.join()}` };
      // A set of one family takes no packet of the other.
      if (of === 'other-family') return match.not ? YES : NO;
      return inSet(course, context, { of: of ?? [], not: match.not === true, set }, match.set);
    }
    case 'chance':
      return match.share >= 1 ? YES : match.share <= 0 ? NO : { kind: 'chance', why: 'a share of the packets' };
    case 'rate':
      return { kind: 'open', why: `it depends on packets before: ${match.text}` };
    case 'unknown':
      return { kind: 'open', why: `the match is not known: ${match.text}` };
  }
}
