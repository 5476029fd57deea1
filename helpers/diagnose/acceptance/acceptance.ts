import type { Acceptance, AcceptancePoint } from '../../model/acceptance.ts';
import type { Finding, Hole } from '../../model/finding.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { SymptomVerdict } from '../../model/verdict.ts';
import { changesOf } from './changes.ts';

interface Symptom {
  suite: string;
  title: string;
  verdict: SymptomVerdict;
  text?: string;
}

export interface Basis {
  points: readonly AcceptancePoint[];
  /** Those of the suites that probe. */
  symptoms: readonly Symptom[];
  findings: readonly Finding[];
  holes: readonly Hole[];
  /** Suites that the run left out. */
  missingSuites: readonly string[];
  isComplete: boolean;
  before?: Snapshot;
  after: Snapshot | undefined;
}

const first = (text: string | undefined): string => text?.split('\n')[0] ?? '';
const told = ({ title, text }: Pick<Symptom, 'title' | 'text'>): string =>
  first(text) === '' ? title : `${first(text)} (${title})`;

const MASQUERADED = 'flannel-masquerade-left-over';
/** What goes by itself, or is taken away last, when the rest of a change is done: said after what is not done. */
const LAST: readonly string[] = ['pods-on-former-network', 'cni-leftovers', MASQUERADED];

function against({ points, symptoms, findings }: Basis): string[] {
  const rank = ({ code }: Finding): number => LAST.indexOf(code);
  const proved = findings.filter(({ confidence }) => confidence === 'proved').toSorted((a, b) => rank(a) - rank(b));
  const codes = new Set(proved.map(({ code }) => code));
  // What a finding says already is not said again.
  const isSaid = ({ code, area }: AcceptancePoint): boolean =>
    (code !== undefined && codes.has(code)) || (area === 'source-address' && codes.has(MASQUERADED));
  const wrong = points.filter((point) => point.verdict === 'fail' && !isSaid(point)).map(told);
  const failed = symptoms.filter(({ verdict }) => verdict === 'fail').map(({ suite, title }) => `${suite}: ${title}`);
  return [...proved.map(({ title }) => title), ...wrong, ...failed];
}

function open({ points, symptoms, holes, missingSuites, isComplete, after }: Basis): string[] {
  const isOpen = ({ verdict }: { verdict: SymptomVerdict }) => verdict === 'inconclusive';
  return [
    ...(isComplete ? [] : ['the run did not come to its end']),
    ...(after ? [] : ['the cluster could not be read']),
    ...(missingSuites.length > 0 ? [`not run: ${missingSuites.join(', ')}`] : []),
    ...(symptoms.some(({ verdict }) => verdict === 'pass') ? [] : ['no probe passed']),
    ...points.filter(isOpen).map(told),
    ...symptoms.filter(isOpen).map(told),
    ...holes.filter(({ isByChoice }) => !isByChoice).map(({ what, why }) => `${what}: ${why}`),
  ];
}

/**
 * The answer after a change. What does not hold decides before what is not known; accepted is only what was seen whole.
 * Pure.
 */
export function acceptanceOf(basis: Basis): Acceptance {
  const { points, before, after } = basis;
  const [wrong, unknown] = [against(basis), open(basis)];
  const reasons = wrong.length > 0 ? wrong : unknown;
  const verdict = wrong.length > 0 ? 'not accepted' : unknown.length > 0 ? 'not proved' : 'accepted';
  const rest = reasons.length - 1;
  const sentence =
    verdict === 'accepted'
      ? `accepted: ${after?.network.kind ?? ''} on ${after?.nodes.length ?? 0} nodes, ` +
        `${points.filter((each) => each.verdict === 'pass').length} points hold` +
        (before ? `, held against ${before.network.kind} before` : ', without a snapshot from before')
      : `${verdict}: ${reasons[0] ?? ''}${rest > 0 ? `; and ${rest} more` : ''}`;
  return {
    verdict,
    sentence,
    reasons,
    notes: points
      .filter((each) => each.verdict === 'pass' && each.area === 'left-overs')
      .flatMap(({ text }) => text ?? []),
    changes: before && after ? changesOf(before, after) : [],
  };
}
