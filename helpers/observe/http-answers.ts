import type { AgentGot } from '../model/agent-got.ts';
import type { IdentityRule } from '../model/targets.ts';

type Answer = Pick<AgentGot['http'], 'status' | 'headers' | 'body'>;

/** What a Service's own pods answer when they are asked directly. */
export interface Reference {
  /** Every status that one of them gave. */
  statuses: readonly number[];
  /** Their body, where all gave the same, each time that they were asked. */
  body?: string;
}

/** What stands between: nothing, rules that only translate addresses, or a proxy, which may answer by itself. */
export type Hop = 'direct' | 'translated' | 'proxied';

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

/** Statuses by which a proxy keeps a client out: basic authentication, an authentication service, a list of sources. */
const KEPT_OUT = new Set([401, 403]);

/**
 * A redirect from http to https of the same host is the default of most ingress controllers as soon as an Ingress has
 * `tls` (ingress-nginx: `ssl-redirect`). One over https to where it came from never ends: TLS ends before the proxy.
 */
function takeRedirect({ status, headers = {} }: Answer, { asked, hop }: HttpExpectation): Taken | undefined {
  if (!asked || hop !== 'proxied' || !REDIRECTS.has(status ?? 0) || headers['location'] === undefined) return undefined;
  const from = URL.parse(`${asked.scheme}://${asked.host}${asked.path}`);
  const to = from && URL.parse(headers['location'], from.href);
  if (!from || !to) return undefined;
  if (to.href === from.href)
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
      return reference?.body === undefined ? undefined : body === reference.body;
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

/**
 * By comparison: which status an application gives is its own affair. What is not behind a proxy can only come from an
 * endpoint, so any answer has come through; a proxy's is held against what the pods give directly.
 */
function takeCompared(answer: Answer, { service, identity, reference, hop }: HttpExpectation): Taken {
  const { status = 0, headers = {} } = answer;
  const remark = status === 200 ? undefined : `status ${status}, as the application gives it`;
  if (hop === 'direct') return { outcome: 'ok', remark };
  const given = reference?.statuses ?? [];
  if (hop === 'proxied' && !given.includes(status)) {
    if (KEPT_OUT.has(status)) return { outcome: 'ok', remark: `status ${status}: the ingress keeps this client out` };
    if (REDIRECTS.has(status))
      return { outcome: 'ok', remark: `redirects to ${headers['location'] ?? 'another place'}` };
    if (status !== 200) return { outcome: 'wrong-status' };
  }
  if (given.length > 0 && !given.includes(status)) return { outcome: 'wrong-identity' };
  const matches = identityMatches(identity, service, answer, reference);
  if (matches === false) return { outcome: 'wrong-identity' };
  if (matches === undefined && remark === undefined)
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
