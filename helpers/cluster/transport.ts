import {
  ApiException,
  HttpMethod,
  IsomorphicFetchHttpLibrary,
  ResponseContext,
  wrapHttpLibrary,
  type RequestContext,
} from '@kubernetes/client-node';
import { again } from './again.ts';
import type { Answers } from './answers.ts';
import { isTransientStatus, isTransport, wasNeverSent } from './api-error.ts';

export interface TransportOptions {
  /** Time for one attempt at one request, its whole answer included. */
  timeoutMs: number;
  counts: { apiCalls: number };
  /** Told of every attempt, and how it ends. */
  answers: Answers;
  /** Ends every request that is under way, and refuses new ones. */
  signal?: AbortSignal;
}

/** A review of rights stores nothing, though it is a POST. */
const isReview = (request: RequestContext): boolean => request.getUrl().endsWith('reviews');

/**
 * A second write of the same is harmless: a PUT names the version that it replaces, a DELETE finds nothing, and all
 * patches of ours are server-side applies. Only creating is not.
 */
const mayBeRepeated = (request: RequestContext): boolean =>
  request.getHttpMethod() !== HttpMethod.POST || isReview(request);

/** Reads the whole body, so that a connection that breaks in the middle fails here, where it is retried. */
async function whole(answer: ResponseContext): Promise<ResponseContext> {
  const text = await answer.body.text();
  return new ResponseContext(answer.httpStatusCode, answer.headers, {
    text: () => Promise.resolve(text),
    binary: () => Promise.resolve(Buffer.from(text)),
    stream: () => null,
  });
}

/**
 * How all requests to the API server are sent: each attempt is counted and has a deadline, an abort ends it, and what
 * failed for the transport's sake is sent again (see `again`). The library gives none of it.
 */
export function transport({ timeoutMs, counts, answers, signal }: TransportOptions) {
  const http = new IsomorphicFetchHttpLibrary();
  const attempt = async (request: RequestContext): Promise<ResponseContext> => {
    counts.apiCalls += 1;
    const asked = answers.asked();
    try {
      const answer = await once(request);
      asked.answered();
      return answer;
    } catch (error) {
      if (!signal?.aborted && isTransport(error)) asked.failed();
      else asked.dropped();
      throw error;
    }
  };
  const once = async (request: RequestContext): Promise<ResponseContext> => {
    const deadline = AbortSignal.timeout(timeoutMs);
    request.setSignal(signal ? AbortSignal.any([deadline, signal]) : deadline);
    const answer = await whole(await http.send(request).toPromise());
    answers.dated(answer.headers['date']);
    if (isTransientStatus(answer.httpStatusCode))
      throw new ApiException(answer.httpStatusCode, 'transient', await answer.body.text(), answer.headers);
    return answer;
  };
  return wrapHttpLibrary({
    send: (request) =>
      again(() => attempt(request), {
        signal,
        isWorthIt: (error) => isTransport(error) && (mayBeRepeated(request) || wasNeverSent(error)),
      }),
  });
}
