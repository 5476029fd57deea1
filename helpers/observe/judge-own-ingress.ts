import type { HttpExpectation } from './http-answers.ts';
import { judgeHttp } from './judge-http.ts';
import type { Judgement, ResultOf } from './planned-probe.ts';

/** By these a controller keeps clients out, or leads them elsewhere, whatever the host: authentication, a redirect. */
const KEPT_OUT = new Set([301, 302, 303, 307, 308, 401, 403, 407, 426, 429]);
const NOT_FOUND = 404;

const keepsOut = ({ got: { status = 0 } }: ResultOf<'http'>): boolean => KEPT_OUT.has(status);

const servesNoTls = ({ error, got: { status, phase } }: ResultOf<'http'>): boolean =>
  status === NOT_FOUND || error?.kind === 'tls' || (error?.kind === 'reset' && phase === 'tls');

/**
 * A judge of Netwright's own host at an ingress: as any host that leads to the right backend, but what a controller is
 * configured to do with a host that nobody configured is evidence alone. Over https that is also to break the handshake
 * off, or to know no host without a certificate.
 */
export const judgeOwnIngress =
  (scheme: 'http' | 'https', expectation: HttpExpectation) =>
  (results: ResultOf<'http'>[]): Judgement<'http'> => {
    const judged = judgeHttp(results, expectation);
    if (judged.verdict !== 'fail') return judged;
    if (results.every(keepsOut))
      return { ...judged, verdict: 'evidence', reason: 'the ingress lets no request through that it does not know' };
    return scheme === 'https' && results.every(servesNoTls)
      ? { ...judged, verdict: 'evidence', reason: 'the ingress serves no https for a host without a certificate' }
      : judged;
  };
