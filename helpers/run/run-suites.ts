import { Writable } from 'node:stream';
import { join } from 'node:path';
import { createVitest, type Vitest } from 'vitest/node';
import { withOwnSignals } from './own-signals.ts';
import { netwright, type DrivenRun } from './vitest-plugin.ts';

const root = join(import.meta.dirname, '..', '..');

function startVitest(driven: DrivenRun): Promise<Vitest> {
  // What vitest's reporters would print (where a file was written, mostly) is not the answer that was asked for on
  // stdout.
  const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  return withOwnSignals(() =>
    createVitest(
      'test',
      { root, config: false },
      { plugins: [netwright(driven)] },
      { stdout: nowhere(), stderr: nowhere() },
    ),
  );
}

/**
 * Runs the suites of a run that was begun, to the run's conclusion. vitest takes a second to start: it does so while
 * the run is made ready. Rejects when nothing could be begun; all that was made is then undone.
 */
export async function runSuites(driven: DrivenRun): Promise<void> {
  const { run } = driven;
  const starting = startVitest(driven);
  starting.catch(() => {});
  try {
    await run.prepared;
    const vitest = await starting;
    run.signal.throwIfAborted();
    await vitest.start();
  } finally {
    await run.abandon();
    await starting.then(
      (vitest) => vitest.close(),
      () => {},
    );
  }
}
