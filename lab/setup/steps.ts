import { NetwrightError } from '../../helpers/errors.ts';
import type { SetupStep } from './step.ts';

/** How a set-up stands: what is done, and what is left by the steps' estimates. */
export interface StepProgress {
  title: string;
  state: 'running' | 'done' | 'note';
  text?: string;
  elapsedMs: number;
  /** By estimate; of all steps that are not done. */
  leftMs: number;
}

export type OnStep = (progress: StepProgress) => void;

/** How often a long step says that it is still at it. */
const HEARTBEAT_MS = 30_000;

/** Whether nothing is left to do. */
export const areDone = async (steps: readonly SetupStep[]): Promise<boolean> =>
  (await Promise.all(steps.map((step) => step.isDone()))).every(Boolean);

/**
 * Runs the steps that are not done yet, in order; what they will have to wait for from elsewhere is fetched meanwhile.
 * Throws a NetwrightError that names the step that failed.
 */
export async function runSteps(steps: SetupStep[], onStep: OnStep, signal: AbortSignal): Promise<void> {
  const done = await Promise.all(steps.map((step) => step.isDone()));
  const over = new AbortController();
  // What fails here fails again where its step runs, and is told there.
  const fetching = steps.map(async (step, at) => {
    if (!done[at]) await step.fetch?.(AbortSignal.any([signal, over.signal])).catch(() => {});
  });
  try {
    await runInOrder(steps, done, onStep, signal);
  } finally {
    over.abort();
    await Promise.all(fetching);
  }
}

async function runInOrder(steps: SetupStep[], done: boolean[], onStep: OnStep, signal: AbortSignal): Promise<void> {
  for (const [index, step] of steps.entries()) {
    signal.throwIfAborted();
    // Asked again: an earlier step may have done this one's work, or have undone it, as a new image undoes the nodes'
    // storage.
    if (await step.isDone()) continue;
    const startedAt = performance.now();
    const elapsedMs = () => performance.now() - startedAt;
    const later = steps.reduce((sum, { estimateMs }, at) => (at > index && !done[at] ? sum + estimateMs : sum), 0);
    const tell = (state: StepProgress['state'], text?: string) =>
      onStep({
        title: step.title,
        state,
        text,
        elapsedMs: elapsedMs(),
        leftMs: later + (state === 'done' ? 0 : Math.max(0, step.estimateMs - elapsedMs())),
      });
    tell('running');
    const heartbeat = setInterval(() => tell('note', 'still at it'), HEARTBEAT_MS);
    try {
      await step.run((text) => tell('note', text), signal);
    } catch (error) {
      signal.throwIfAborted();
      throw stepError(step, error);
    } finally {
      clearInterval(heartbeat);
    }
    tell('done');
  }
}

const OUTPUT_LINES = 12;

function stepError({ title }: SetupStep, error: unknown): NetwrightError {
  if (error instanceof NetwrightError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  return new NetwrightError(
    `set-up: ${title} failed: ` +
      `${lines.slice(0, 2).join(' ')}${lines.length > 2 ? `\n  ${lines.slice(-OUTPUT_LINES).join('\n  ')}` : ''}`,
    {
      code: 'setup-failed',
      hint: 'the lines above are what the command said; set-up goes on from here when it is started again',
      cause: error,
    },
  );
}
