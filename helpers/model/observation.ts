/** What a run saw. Everything that later decides (suites, diagnosis, reports) reads these and nothing else. */

import type { FactObservation } from './fact-observation.ts';
import type { ProbeObservation } from './probe-observation.ts';

export { OBSERVATION_VERSION } from './version.ts';
export type { Crosses, SizeClass } from './crosses.ts';
export type { FactObservation, FactOf } from './fact-observation.ts';
export type { PathClass, Place } from './place.ts';
export type { ProbeKind } from './agent-got.ts';
export type { ProbeName } from './probe-names.ts';
export type { ProbeObservation, ProbeOf } from './probe-observation.ts';
export { isJudged, type ErrorKind, type Expectation, type Verdict } from './verdict.ts';

export type Observation = ProbeObservation | FactObservation;
