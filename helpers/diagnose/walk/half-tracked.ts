import type { StopAt } from './journey.ts';
import type { Packet } from './packet.ts';
import type { Known } from './ways.ts';

/** Of TCP of which a node knows the beginning and not the answer. */
export const HALF_TRACKED = 'what follows on the first answer belongs to no connection there (ctstate INVALID)';

/** The line that keeps a node from the answer to what it has come to know: all that follows is strange to it. */
export const halfTracked = (
  { apart, known }: { apart?: Pick<StopAt, 'node' | 'line' | 'on'>; known: Known },
  { protocol }: Packet,
): StopAt[] =>
  protocol === 'tcp' && apart?.on === 'answer' && known.has(apart.node) ? [{ ...apart, stop: 'untracked' }] : [];
