import { acceptanceOf } from '../diagnose/acceptance/acceptance.ts';
import { acceptancePoints } from '../diagnose/acceptance/points/index.ts';
import { snapshotOf } from '../diagnose/acceptance/snapshot.ts';
import { viewOf } from '../diagnose/view/view.ts';
import type { Acceptance } from '../model/acceptance.ts';
import type { Finding, Hole } from '../model/finding.ts';
import type { Observation } from '../model/observation.ts';
import type { RunContext } from '../model/run-context.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { SUITES } from '../model/suites.ts';
import type { SymptomResult } from './outcome.ts';

export interface Accepting {
  context: RunContext;
  observations: readonly Observation[];
  /** Those of the suites that probe. */
  symptoms: readonly SymptomResult[];
  findings: readonly Finding[];
  holes: readonly Hole[];
  isComplete: boolean;
}

export interface Accepted {
  /** What the network is. */
  snapshot?: Snapshot;
  /** The points beside the suites, as symptoms of the report; none where only a snapshot was asked for. */
  symptoms: SymptomResult[];
  acceptance?: Acceptance;
}

/** The snapshot of a run, and the answer where one was asked for. Pure. */
export function accept({ context, observations, ...rest }: Accepting): Accepted {
  const view = viewOf(observations);
  const snapshot = snapshotOf(view);
  if (!context.acceptance?.isJudged) return { snapshot, symptoms: [] };
  const points = acceptancePoints(view);
  return {
    snapshot,
    symptoms: points.map(({ area, title, verdict, text, observations: ids }) => ({
      suite: area,
      title,
      fullName: `${area} > ${title}`,
      verdict,
      ...(verdict !== 'pass' && { text }),
      observations: ids,
      durationMs: 0,
    })),
    acceptance: acceptanceOf({
      ...rest,
      points,
      missingSuites: SUITES.filter((name) => !context.suites.includes(name)),
      before: context.acceptance.wanted.before,
      after: snapshot,
    }),
  };
}
