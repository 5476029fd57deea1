import type { Explained, Finding } from '../model/finding.ts';
import { whereText } from './where.ts';

/** A finding from which a failed symptom follows. */
export interface Followed {
  code: string;
  confidence: Finding['confidence'];
  /** Where the finding is, in words. */
  place: string;
}

/** A symptom as far as it is told from what it follows. */
interface Symptom {
  suite: string;
  title: string;
  verdict: string;
  observations: readonly string[];
}

const hitBy = (failed: readonly string[], { explains }: Pick<Finding, 'explains'>): string[] => {
  const own = new Set(explains.observations);
  return failed.filter((id) => own.has(id));
};

/**
 * The findings from which a failed symptom follows: as few as account for every probe of it that failed, in the order
 * of the findings (proved ones first). Empty where one of its probes follows from none of them: then something else is
 * wrong there as well. `failed` holds the ids of all failed probes. Pure.
 */
export function followsFrom(
  { verdict, observations }: Symptom,
  findings: readonly Finding[],
  failed: ReadonlySet<string>,
  nodes: readonly string[],
): Followed[] {
  let open = verdict === 'fail' ? observations.filter((id) => failed.has(id)) : [];
  if (open.length === 0) return [];
  const followed: Followed[] = [];
  for (const finding of findings) {
    const hit = new Set(hitBy(open, finding));
    if (hit.size === 0) continue;
    const { code, confidence, locations } = finding;
    followed.push({ code, confidence, place: whereText(locations, nodes) });
    open = open.filter((id) => !hit.has(id));
  }
  return open.length === 0 ? followed : [];
}

/** What a finding explains, with the failed symptoms of which it accounts for a probe. Pure. */
export function explainedBy(
  finding: Finding,
  symptoms: readonly Symptom[],
): Explained & { symptoms: { suite: string; title: string }[] } {
  return {
    ...finding.explains,
    symptoms: symptoms
      .filter(({ verdict, observations }) => verdict === 'fail' && hitBy(observations, finding).length > 0)
      .map(({ suite, title }) => ({ suite, title })),
  };
}

/** `follows from CODE at PLACE`, for one symptom; undefined where it follows from nothing that is known. */
export function followText(followed: readonly Followed[] = []): string | undefined {
  if (followed.length === 0) return undefined;
  const isProved = followed.every(({ confidence }) => confidence === 'proved');
  return (
    `${isProved ? 'follows' : 'may follow'} from ` +
    followed.map(({ code, place }) => `${code} at ${place}`).join(', and from ')
  );
}

/** Whether a failed symptom is no news: all of it follows from causes that are proved. */
export const isFollower = (followed: readonly Followed[] = []): boolean =>
  followed.length > 0 && followed.every(({ confidence }) => confidence === 'proved');
