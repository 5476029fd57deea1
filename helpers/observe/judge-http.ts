import { redactText } from '../redact.ts';
import { WANTS_CLIENT_CERTIFICATE, wantsClientCertificate } from './client-certificate.ts';
import { identityOf, takeAnswer, type HttpExpectation, type Taken } from './http-answers.ts';
import { judgeReach } from './judges.ts';
import { isLateByProxy } from './late.ts';
import type { Judgement, ResultOf } from './planned-probe.ts';

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** Codes of OpenSSL by which only the authority is one that is not known here. */
const UNKNOWN_AUTHORITY = /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)/;

/** Of an answer so much is looked at for secrets, and so much of it is told. */
const READ_CHARACTERS = 1_000;
const HEAD_CHARACTERS = 160;

/** Says by which variable an operator's own authority is made known. */
const withOwnAuthority = (reason: string): string =>
  UNKNOWN_AUTHORITY.test(reason)
    ? `${reason}; NETWRIGHT_INGRESS_CA names the file of an authority of your own`
    : reason;

const AS_LATE = 'connected, and its pods do not answer in full any sooner when they are asked directly';

interface Answer {
  status: number;
  location?: string;
  bodyHead: string;
  taken: Taken;
}

/**
 * Every attempt answered as expected: by the right backend, with 200 or, where only comparison tells, with what its
 * pods give as well; or by a redirect from http to https. A proxy may be late where its pods are late directly. Another
 * status, another backend or no answer fails. What passes without a plain 200 says in its reason how.
 */
export function judgeHttp(all: ResultOf<'http'>[], expectation: HttpExpectation): Judgement<'http'> {
  const { reference, hop } = expectation;
  const isLateDirectly = hop === 'proxied' && reference?.isLate === true;
  const results = isLateDirectly ? all.filter((result) => !isLateByProxy(result)) : all;
  if (results.length === 0 && all.length > 0)
    return { verdict: 'pass', reason: AS_LATE, got: { answered: 0, of: all.length } };
  if (hop === 'proxied' && results.length > 0 && results.every(wantsClientCertificate))
    return {
      verdict: 'pass',
      reason: WANTS_CLIENT_CERTIFICATE,
      got: { answered: results.length, of: results.length },
    };
  const answers = results.flatMap(({ error, got }): Answer[] =>
    error || got.status === undefined
      ? []
      : [
          {
            status: got.status,
            location: got.headers?.['location'] === undefined ? undefined : redactText(got.headers['location']),
            // What an answer says of itself may be a secret, as a page of a debugger's is.
            bodyHead: redactText((got.body ?? '').slice(0, READ_CHARACTERS)).slice(0, HEAD_CHARACTERS),
            taken: takeAnswer(got, expectation),
          },
        ],
  );
  const answeredBy = [
    ...new Set(
      results.flatMap(({ error, got: { body } }) => {
        const { pod, node } = identityOf(error ? undefined : body);
        return pod ? [`${pod} on ${node ?? '?'}`] : [];
      }),
    ),
  ].toSorted();
  const first = answers.find(({ taken }) => taken.outcome !== 'ok') ?? answers[0];
  const got = {
    answered: answers.length,
    of: results.length,
    ...(first && { status: first.status, bodyHead: first.bodyHead }),
    ...(first?.location !== undefined && { location: first.location }),
    ...(answeredBy.length > 0 && { answeredBy }),
  };
  const failing = (outcome: Taken['outcome']) => answers.find(({ taken }) => taken.outcome === outcome);
  const badStatus = failing('wrong-status');
  if (badStatus) {
    const { status, bodyHead, taken } = badStatus;
    const why = taken.outcome === 'wrong-status' ? taken.why : undefined;
    return { verdict: 'fail', errorKind: 'http-status', reason: why ?? `status ${status}: ${oneLine(bodyHead)}`, got };
  }
  const wrong = failing('wrong-identity');
  if (wrong)
    return {
      verdict: 'fail',
      errorKind: 'wrong-identity',
      reason: `${wrong.status}, but not from ${expectation.service}: ${oneLine(wrong.bodyHead)}`,
      got,
    };
  if (answers.length < results.length) {
    const reached = judgeReach(results);
    const { lastErrorKind } = reached.got;
    // The last that did not verify: what a reader asks for next.
    const certificate = results.findLast(({ error }) => error?.kind === 'tls')?.got.certificate;
    return {
      ...reached,
      ...(reached.reason !== undefined && { reason: withOwnAuthority(reached.reason) }),
      got: {
        ...got,
        lost: results.length - answers.length,
        ...(lastErrorKind && { lastErrorKind }),
        ...(certificate && { certificate }),
      },
    };
  }
  const remark = answers.map(({ taken }) => (taken.outcome === 'ok' ? taken.remark : undefined)).find(Boolean);
  return { verdict: 'pass', ...(remark && { reason: remark }), got };
}
