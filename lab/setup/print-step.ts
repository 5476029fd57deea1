import type { StepProgress } from './steps.ts';

/** Minutes and seconds. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** A line of progress: what is happening, for how long, and how long is left in all. */
export function stepLine({ title, state, text, elapsedMs, leftMs }: StepProgress): string {
  if (state === 'done')
    return `set-up: ${title}: done in ${duration(elapsedMs)}${leftMs > 0 ? `, about ${duration(leftMs)} left` : ''}`;
  if (state === 'running')
    return `set-up: ${title}${leftMs >= 2_000 ? ` (about ${duration(leftMs)} left in all)` : ''}`;
  return (
    `set-up: ${title}: ${text} ` +
    `(${duration(elapsedMs)}${leftMs >= 2_000 ? `, about ${duration(leftMs)} left in all` : ''})`
  );
}

/** Prints progress as lines on stderr; steps of a moment are not worth one. */
export function printStep(progress: StepProgress): void {
  if (progress.state === 'done' && progress.elapsedMs < 1_000) return;
  process.stderr.write(`${stepLine(progress)}\n`);
}
