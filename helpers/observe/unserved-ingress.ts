import type { Judgement, ResultOf } from './planned-probe.ts';

const NOT_FOUND = 404;
const WORDS = 'no ingress that was found serves it';

type Judge = (results: ResultOf<'http'>[]) => Judgement<'http'>;

/** What a controller does with a host that it does not know: 404, behind a certificate of no name. */
const isUnknown = ({ error, got: { status } }: ResultOf<'http'>): boolean =>
  status === NOT_FOUND || error?.kind === 'tls';

/**
 * Judges a host whose Ingress may have no controller, with the reason: that none knows it is evidence then, and no
 * failure. Where one does, it is judged as any.
 */
export const unlessUnserved =
  (why: string | undefined, judge: Judge): Judge =>
  (results) => {
    const judged = judge(results);
    return why !== undefined && judged.verdict === 'fail' && results.every(isUnknown)
      ? { ...judged, verdict: 'evidence', reason: `${WORDS}: ${why}` }
      : judged;
  };

/** The reason of such a probe; undefined of any other. */
export const whyUnserved = (reason: string | undefined): string | undefined =>
  reason?.startsWith(`${WORDS}: `) ? reason : undefined;
