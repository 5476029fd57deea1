import { duration } from '../../../lab/setup/print-step.ts';
import type { Result } from './results.ts';

/** A time as tables have it; what was stopped took longer. Pure. */
export function timeText({ ms, isCapped }: Pick<Result, 'ms' | 'isCapped'>): string {
  if (isCapped) return `> ${Math.round(ms / 60_000)} min`;
  return ms < 100_000 ? `${(ms / 1000).toFixed(1)} s` : duration(ms);
}

/** How many times as long another took as the first; at least, where it was stopped. Pure. */
export function ratioText(own: Pick<Result, 'ms'>, other: Pick<Result, 'ms' | 'isCapped'>): string {
  const times = other.ms / own.ms;
  return `${other.isCapped ? '> ' : ''}${times < 10 ? times.toFixed(1) : Math.round(times)}`;
}

/** Whether what was said of the state is so: nothing is, where nothing was said. Pure. */
export const isRight = ({ state, verdict }: Pick<Result, 'state' | 'verdict'>): boolean =>
  verdict === (state === 'healthy' ? 'healthy' : 'unhealthy');
