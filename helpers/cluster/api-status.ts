import type { ApiException } from '@kubernetes/client-node';

/** As much of a page that is no Status object as a person reads. */
const MOST_OF_A_PAGE = 200;

interface Status {
  message?: unknown;
  details?: { causes?: { field?: string; message?: string }[] };
}

function statusIn(body: unknown): Status {
  if (typeof body !== 'string') return body ?? {};
  try {
    return JSON.parse(body) as Status;
  } catch {
    return { message: body.slice(0, MOST_OF_A_PAGE) };
  }
}

/**
 * What the server said, in its own words: the message of its Status (an admission webhook, a policy and a quota put
 * theirs there), and the causes that the message leaves out. The bare status where it said nothing.
 */
export function bodyMessage(error: ApiException<unknown>): string {
  const { message, details } = statusIn(error.body);
  if (typeof message !== 'string' || message.trim() === '') return `status ${error.code}`;
  const causes = (details?.causes ?? []).flatMap(({ field, message: each }) =>
    each && !message.includes(each) ? [field ? `${field}: ${each}` : each] : [],
  );
  return [message.trim(), ...causes].join('; ');
}

/** By these words the admission chain refuses what the user has the right to ask. */
const DENIALS = [
  /admission webhook .* denied the request/i,
  /ValidatingAdmissionPolicy .* denied request/i,
  /violates PodSecurity/,
  /exceeded quota|failed quota/,
  /(minimum|maximum) (cpu|memory|.*) usage per/,
  /because it is being terminated/,
];

/** Whether an answer refuses the request for what it holds, not for who asks. */
export const isDenial = (status: number, message: string): boolean =>
  [400, 403, 409, 422].includes(status) && DENIALS.some((denial) => denial.test(message));
