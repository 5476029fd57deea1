import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { openAgents } from '../run/agents.ts';
import type { RunContext } from '../observe/context.ts';
import type { ExecuteOptions } from '../observe/execute.ts';
import type { References } from '../observe/plans/services.ts';
import { readReferences } from '../observe/references.ts';
import { Recorder } from '../observe/recorder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the JSON of the prepared run, or the reason why there is none. */
    netwright: { contextPath: string } | { unavailable: string };
  }
}

/** What a suite's observation works with. */
export interface CurrentRun extends ExecuteOptions {
  context: RunContext;
  /** What the Services' own pods answer; read once a process. */
  references: () => Promise<References>;
  signal: AbortSignal;
}

let current: CurrentRun | undefined;

/** The run that this process takes part in. Suites of one process share it, and with it the open agents. Throws when none was prepared. */
export function currentRun(): CurrentRun {
  if (current) return current;
  const provided = inject('netwright');
  if ('unavailable' in provided) throw new Error(provided.unavailable);
  const context = JSON.parse(readFileSync(provided.contextPath, 'utf8')) as RunContext;
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  process.once('SIGTERM', () => interrupted.abort());
  const fleet = openAgents(context, interrupted.signal);
  let references: Promise<References> | undefined;
  current = {
    context,
    fleet,
    recorder: new Recorder(join(context.reportDir, 'observations.ndjson'), `s${process.pid}-`),
    concurrency: context.settings.concurrency,
    signal: interrupted.signal,
    references: () => (references ??= readReferences(context, fleet, interrupted.signal)),
  };
  return current;
}
