import type { Expectation, ProbeObservation } from '../model/observation.ts';
import { asksOwnPort } from '../model/own-ports.ts';
import type { RunContext } from '../model/run-context.ts';
import type { SuiteName } from '../model/suites.ts';
import type { Run } from './current-run.ts';
import type { Requirement } from './requirements.ts';

/** One thing that must hold, judged by those of the suite's observations that it selects. */
export interface Symptom {
  title: string;
  /** What the title is to say besides, in brackets, by what was observed. */
  detail?: (probes: readonly ProbeObservation[]) => string | undefined;
  select: (probe: ProbeObservation) => boolean;
  /** What its probes have to meet; default `must-pass`. Probes with another expectation are none of its own. */
  expects?: Expectation;
  /** Says why there is nothing to see where nothing was selected. */
  requires?: readonly Requirement[];
}

/** What a file `suites/NAME.suite.ts` declares, and exports as its default. */
export interface Suite {
  /** As the file is called; its place in the report is its place in helpers/model/suites.ts. */
  name: SuiteName;
  /** How it showed in the outage that Netwright was written for; for the table of suites in README.md. */
  incident?: string;
  /** What is probed, in one clause; for the same table. */
  probes: string;
  /** What the whole suite is skipped without. */
  requires?: readonly Requirement[];
  /**
   * Set where it may observe while other suites do. Such suites are begun all at once, those that the run includes: in
   * an outage each of them waits for the same time-outs, and so they are waited for once.
   */
  observesWithOthers?: boolean;
  /** Runs the suite's plans: see `Run.observe`. */
  observe: (run: Run) => Promise<ProbeObservation[]>;
  /** In the order of the report. A function where titles name what the cluster has; without a run it gets undefined. */
  symptoms: readonly Symptom[] | ((context: RunContext | undefined) => readonly Symptom[]);
}

/** The symptoms of a suite, of whatever form. */
export const symptomsOf = ({ symptoms }: Suite, context: RunContext | undefined): readonly Symptom[] =>
  typeof symptoms === 'function' ? symptoms(context) : symptoms;

/**
 * The observations that a symptom rests on. What is evidence only is read by the diagnosis: no symptom rests on it.
 * Pure.
 */
export const chosenBy = (
  { select, expects = 'must-pass' }: Pick<Symptom, 'select' | 'expects'>,
  observations: readonly ProbeObservation[],
): ProbeObservation[] =>
  observations.filter(
    (probe) => probe.verdict !== 'evidence' && (probe.expectation ?? 'must-pass') === expects && select(probe),
  );

/**
 * Says which ports a symptom was to be seen at that are closed and need not be open, and between how many pairs;
 * undefined where none is. Pure.
 */
export function closedPorts(
  { select }: Pick<Symptom, 'select'>,
  observations: readonly ProbeObservation[],
): string | undefined {
  const closed = observations.filter((probe) => probe.verdict === 'evidence' && asksOwnPort(probe) && select(probe));
  const [first] = closed;
  if (!first) return undefined;
  const ports = [
    ...new Set(closed.map(({ asked, destination }) => `${asked.protocol.toUpperCase()} ${destination.port ?? ''}`)),
  ];
  const ways = new Set(closed.map(({ source, destination }) => `${source.node} ${destination.node}`)).size;
  const between =
    ways === 1 ? `from ${first.source.node} to ${first.destination.node}` : `for ${ways} ordered pairs of nodes`;
  return `a firewall closes ${ports.toSorted().join(' and ')} ${between}: Netwright's own, which nothing else needs`;
}

let isReading = false;

/** Whether declarations are only read at the moment. */
export const isReadingOnly = (): boolean => isReading;

/** Imports what only reads declarations: nothing that it imports becomes a test. */
export async function readingOnly<T>(read: () => Promise<T>): Promise<T> {
  isReading = true;
  try {
    return await read();
  } finally {
    isReading = false;
  }
}
