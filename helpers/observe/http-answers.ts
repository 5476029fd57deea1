import type { AgentGot } from '../model/agent-got.ts';
import type { IdentityRule } from '../model/targets.ts';
import { isAlike, mediaTypeOf, type Reference } from './reference.ts';

type Answer = Pick<AgentGot['http'], 'status' | 'headers' | 'body'>;

/**
 * What stands between: nothing, rules that only translate addresses, or a proxy, which may answer by itself; behind
 * which is `outside` what does not run in the cluster.
 */
export type Hop = 'direct' | 'translated' | 'proxied' | 'outside';

export interface HttpExpectation {
  /** Name of the Service that must answer. */
  service: string;
  identity: IdentityRule;
  hop: Hop;
  /** For the rule `compare`; absent where the pods could not be asked. */
  reference?: Reference;
  /** What was asked for, by which a redirect is judged. */
  asked?: { scheme: 'http' | 'https'; host: string; path: string };
}

/** How one answer is taken: `ok` with a remark where it is no plain 200, or why it is not what was expected. */
export type Taken =
  | { outcome: 'ok'; remark?: string }
  | { outcome: 'wrong-identity' }
  | { outcome: 'wrong-status'; why?: string };

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Statuses by which a proxy keeps a client out: basic authentication, an authentication service, a list of sources, an
 * application firewall, a limit of requests.
 */
const KEPT_OUT = new Set([401, 403, 429]);

/** Statuses of 4xx that a proxy gives of itself: to what it cannot read or route, or what came too slowly. */
const BY_PROXY = new Set([400, 404, 408, 413, 414, 421, 431]);

/** Whether only an application answers so. */
const isApplications = (status: number): boolean => status >= 400 && status < 500 && !BY_PROXY.has(status);

/**
 * A redirect from http to https of the same host is the default of most ingress controllers as soon as an Ingress has
 * `tls` (ingress-nginx: `ssl-redirect`). One over https to where it came from never ends: TLS ends before the proxy.
 */
function takeRedirect({ status, headers = {} }: Answer, { asked, hop }: HttpExpectation): Taken | undefined {
  if (!asked || hop !== 'proxied' || !REDIRECTS.has(status ?? 0) || headers['location'] === undefined) return undefined;
  const from = URL.parse(`${asked.scheme}://${asked.host}${asked.path}`);
  const to = from && URL.parse(headers['location'], from.href);
  if (!from || !to) return undefined;
  const isSame = to.href === from.href;
  // Whoever asks again with the cookie may be answered.
  if (isSame && headers['set-cookie'] !== undefined)
    return { outcome: 'ok', remark: 'redirects to itself with a cookie, which was not sent back' };
  if (isSame)
    return {
      outcome: 'wrong-status',
      why: `status ${status}: redirects to itself, without an end: is TLS taken off in front of the ingress?`,
    };
  if (to.hostname === from.hostname && from.protocol === 'http:' && to.protocol === 'https:')
    return { outcome: 'ok', remark: 'redirects to https' };
  return undefined;
}

/** Whether an answer is the right backend's: true, false, or undefined where the rule cannot tell. */
export function identityMatches(
  rule: IdentityRule,
  service: string,
  { body = '', headers = {} }: Pick<AgentGot['http'], 'body' | 'headers'>,
  reference?: Reference,
): boolean | undefined {
  switch (rule.kind) {
    case 'json-service':
      return identityOf(body).service === service;
    case 'body-pattern':
      return new RegExp(rule.pattern).test(body);
    case 'header':
      return new RegExp(rule.pattern).test(headers[rule.name.toLowerCase()] ?? '');
    case 'compare':
      return reference && isAlike(reference, { body, headers });
  }
}

/** Who answered, as far as the answer says. */
export interface Identity {
  service?: string;
  pod?: string;
  node?: string;
}

/** Reads `{"service","pod","node"}` of a JSON body; anything else is an empty identity. */
export function identityOf(body: string | undefined): Identity {
  if (body === undefined) return {};
  try {
    const { service, pod, node } = JSON.parse(body) as Identity;
    return { service, pod, node };
  } catch {
    return {};
  }
}

const GATEWAY = new Set([502, 503, 504]);

/** What an application says of itself while it is well: that it is asked too much, or fails at this. */
const isOwnTrouble = (status: number): boolean => status === 429 || status >= 500;

/** Where a proxy stands between: what it may answer by itself, else as `takeCompared` does. */
function takeProxied(answer: Answer, { reference, hop }: HttpExpectation): Taken | undefined {
  const { status = 0, headers = {} } = answer;
  if (hop === 'outside') {
    const remark = `status ${status}, from outside of the cluster, where its Service leads to`;
    if (!GATEWAY.has(status)) return { outcome: 'ok', remark };
    const why = `status ${status}: what its Service leads to is outside of the cluster and gives the ingress no answer`;
    return { outcome: 'wrong-status', why };
  }
  if (reference?.statuses.includes(status)) return undefined;
  if (KEPT_OUT.has(status)) return { outcome: 'ok', remark: `status ${status}: the ingress keeps this client out` };
  if (REDIRECTS.has(status))
    return { outcome: 'ok', remark: `redirects to ${headers['location'] ?? 'another place'}, which was not asked` };
  // While its pods are replaced there may be none to ask directly.
  if (!reference && isApplications(status))
    return { outcome: 'ok', remark: `status ${status}, as applications give it` };
  if (status !== 200) return { outcome: 'wrong-status' };
  return reference && reference.statuses.length > 0
    ? { outcome: 'ok', remark: `its pods give ${reference.statuses.join(' or ')} directly` }
    : undefined;
}

/**
 * By comparison: which status an application gives is its own affair. What is not behind a proxy can only come from an
 * endpoint, so any answer has come through; a proxy's is held against what the pods give directly. What cannot be
 * decided passes and says so.
 */
function takeCompared(answer: Answer, expectation: HttpExpectation): Taken {
  const { service, identity, reference, hop } = expectation;
  const { status = 0 } = answer;
  const remark = status === 200 ? undefined : `status ${status}, as the application gives it`;
  if (hop === 'direct') return { outcome: 'ok', remark };
  const isProxied = hop !== 'translated';
  const byProxy = isProxied ? takeProxied(answer, expectation) : undefined;
  if (byProxy) return byProxy;
  if (reference && !reference.statuses.includes(status))
    return isOwnTrouble(status) ? { outcome: 'ok', remark } : { outcome: 'wrong-identity' };
  const matches = identityMatches(identity, service, answer, reference);
  // A proxy may ask by another path or host than we do, and change what it passes on, but not what it is.
  if (matches === false && (!isProxied || reference?.mediaType !== mediaTypeOf(answer)))
    return { outcome: 'wrong-identity' };
  if (matches !== true && remark === undefined)
    return { outcome: 'ok', remark: `nothing distinguishes answers of ${service} from others` };
  return { outcome: 'ok', remark };
}

/** Takes one answer as the expectation has it. Pure. */
export function takeAnswer(answer: Answer, expectation: HttpExpectation): Taken {
  const redirect = takeRedirect(answer, expectation);
  if (redirect) return redirect;
  const { service, identity } = expectation;
  if (identity.kind === 'compare') return takeCompared(answer, expectation);
  if (answer.status !== 200) return { outcome: 'wrong-status' };
  return identityMatches(identity, service, answer) ? { outcome: 'ok' } : { outcome: 'wrong-identity' };
}
