import type { ResultOf } from './planned-probe.ts';

/**
 * Whether a server took the connection and did not answer in full in time: an application that works for long before it
 * answers, holds the request (long polling) or sends events without an end. Packets that are lost on the way look the
 * same, so it says nothing but where the server's own node asks.
 */
export const isLate = ({ error, got }: Pick<ResultOf<'http'>, 'error' | 'got'>): boolean =>
  error?.kind === 'timeout' && (got.phase === 'response' || got.phase === 'body');

const GATEWAY_TIMEOUT = 504;

/** Whether a proxy had as long to wait as who asked its pods directly: nothing in time, or its own word for that. */
export const isLateByProxy = (result: Pick<ResultOf<'http'>, 'error' | 'got'>): boolean =>
  isLate(result) || (!result.error && result.got.status === GATEWAY_TIMEOUT);
