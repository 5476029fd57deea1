import { fileURLToPath } from 'node:url';
import type { ProbeObservation } from '../model/observation.ts';
import type { SuiteName } from '../model/suites.ts';
import { sourceExtension } from '../package-root.ts';
import type { Run } from './current-run.ts';
import { unmet } from './requirements.ts';
import { readingOnly, type Suite } from './declaration.ts';

const folder = fileURLToPath(new URL('../../suites/', import.meta.url));

/** Reads the declarations of suites beside the tests that their files become: each is a module of its own. */
export function readDeclarations(names: readonly SuiteName[]): Promise<Suite[]> {
  return readingOnly(() =>
    Promise.all(
      names.map(async (name) => {
        const file = (await import(/* @vite-ignore */ `${folder}${name}.suite${sourceExtension}?declaration`)) as {
          default: Suite;
        };
        return file.default;
      }),
    ),
  );
}

const begun = new Map<SuiteName, Promise<ProbeObservation[]>>();

function begin(suite: Suite, run: Run): void {
  if (begun.has(suite.name)) return;
  const observations = run.takenIn().then(() => suite.observe(run));
  // The suite that it is for comes later; it then hears of a failure.
  observations.catch(() => {});
  begun.set(suite.name, observations);
}

/** What a suite observes. Where it may observe with others, those that the run includes begin with it. */
export async function observationOf(suite: Suite, run: Run): Promise<ProbeObservation[]> {
  if (!suite.observesWithOthers) return suite.observe(run);
  begin(suite, run);
  const others = await readDeclarations(run.context.suites.filter((name) => !begun.has(name)));
  for (const other of others) {
    if (other.observesWithOthers && unmet(other.requires ?? [], run.context) === undefined) begin(other, run);
  }
  return begun.get(suite.name) ?? [];
}
