import { identityMatches } from '../../../helpers/observe/http-answers.ts';
import { judgeHttp } from '../../../helpers/observe/judge-http.ts';
import { referenceOf } from '../../../helpers/observe/reference.ts';
import { describe, expect, it } from 'vitest';
import type { AgentGot, ProbeKind } from '../../../helpers/model/agent-got.ts';
import type { ResultOf } from '../../../helpers/observe/planned-probe.ts';

type Failure = ResultOf['error'];
const timeout: Failure = { kind: 'timeout', text: 'timeout after 2000 ms' };

/** What an agent says of one probe: all of its attempts succeeded, unless it says how the last failed. */
function result<Kind extends ProbeKind>(
  got: AgentGot[Kind],
  { attempts = 1, succeeded = 1, error }: { attempts?: number; succeeded?: number; error?: Failure } = {},
): ResultOf<Kind> {
  return { batch: 'b', id: '1', attempts, succeeded, timesMs: [], durationMs: 1, got, ...(error && { error }) };
}
const failed = (error: Failure, got: AgentGot['http'] = {}) => result<'http'>(got, { succeeded: 0, error });

const own = '{"service":"api","pod":"api-1","node":"w1"}';

describe('the identity of an HTTP answer', () => {
  it.each([
    ['is told by the service in a JSON body', { kind: 'json-service' }, { body: own }, undefined, true],
    ['is another one where that names another service', { kind: 'json-service' }, { body: '{}' }, undefined, false],
    ['is not told by a body that is no JSON', { kind: 'json-service' }, { body: '<html>' }, undefined, false],
    ['is told by a pattern in the body', { kind: 'body-pattern', pattern: '^ok$' }, { body: 'ok' }, undefined, true],
    ['is not told by an empty body', { kind: 'body-pattern', pattern: '^ok$' }, {}, undefined, false],
    [
      'is told by a header, whatever its case in the rule',
      { kind: 'header', name: 'X-Served-By', pattern: 'api' },
      { headers: { 'x-served-by': 'api-1' } },
      undefined,
      true,
    ],
    [
      'is told by what the pods themselves answer',
      { kind: 'compare' },
      { body: 'hello' },
      { statuses: [200], text: 'hello' },
      true,
    ],
    ['is unknown where that is not known', { kind: 'compare' }, { body: 'hello' }, undefined, undefined],
  ] as const)('%s', (_, rule, got, reference, matches) => {
    expect(identityMatches(rule, 'api', got, reference)).toBe(matches);
  });
});

describe('an HTTP probe', () => {
  const expectation = { service: 'api', identity: { kind: 'json-service' }, hop: 'translated' } as const;
  const ok = result<'http'>({ status: 200, body: own });

  it('passes when each connection got a 200 of the right backend, and says which pods answered', () => {
    expect(judgeHttp([ok, ok], expectation)).toEqual({
      verdict: 'pass',
      got: { answered: 2, of: 2, status: 200, bodyHead: own, answeredBy: ['api-1 on w1'] },
    });
  });

  it.each([
    ['the page of nginx', result<'http'>({ status: 400, body: '<h1>400 No required SSL certificate was sent</h1>' })],
    ['an alert of TLS', failed({ kind: 'tls', text: 'tlsv13 alert certificate required' })],
  ])('passes where the ingress wants a certificate of the client: %s', (_, answer) => {
    const proxied = { ...expectation, hop: 'proxied' } as const;
    expect(judgeHttp([answer, answer], proxied).verdict).toBe('pass');
    // Another bad request, or one that does not come from a proxy, is none of that.
    expect(judgeHttp([result<'http'>({ status: 400, body: 'Bad Request' })], proxied).verdict).toBe('fail');
    expect(judgeHttp([answer], expectation).verdict).toBe('fail');
  });

  it('fails by its status before anything else', () => {
    const judged = judgeHttp(
      [ok, result<'http'>({ status: 503, body: 'no\n endpoints' }), failed(timeout)],
      expectation,
    );
    expect(judged).toMatchObject({ verdict: 'fail', errorKind: 'http-status', reason: 'status 503: no endpoints' });
  });

  it('fails when a 200 came from another backend', () => {
    const other = result<'http'>({ status: 200, body: '{"service":"ui"}' });
    expect(judgeHttp([ok, other], expectation)).toMatchObject({ verdict: 'fail', errorKind: 'wrong-identity' });
  });

  it('fails as partial loss when a connection got no answer, with how that ended', () => {
    expect(judgeHttp([ok, failed(timeout)], expectation)).toMatchObject({
      verdict: 'fail',
      errorKind: 'partial-loss',
      got: { answered: 1, of: 2, lost: 1, lastErrorKind: 'timeout' },
    });
  });

  it('keeps the certificate that did not verify', () => {
    const certificate = { subject: 'old.example', issuer: 'CA', validFrom: 'a', validTo: 'b', altNames: '' };
    const tls = failed({ kind: 'tls', text: 'certificate has expired' }, { status: 200, certificate });
    expect(judgeHttp([tls], expectation)).toMatchObject({ verdict: 'fail', errorKind: 'tls', got: { certificate } });
  });

  it('names the variable of an own authority where only that is unknown', () => {
    const reason = (text: string) => judgeHttp([failed({ kind: 'tls', text })], expectation).reason;
    expect(reason('self-signed certificate in certificate chain (SELF_SIGNED_CERT_IN_CHAIN)')).toContain(
      'NETWRIGHT_INGRESS_CA',
    );
    expect(reason('certificate has expired')).not.toContain('NETWRIGHT_INGRESS_CA');
  });

  it('passes with a remark where nothing distinguishes the backend', () => {
    const judged = judgeHttp([ok], { service: 'api', identity: { kind: 'compare' }, hop: 'translated' });
    expect(judged).toMatchObject({ verdict: 'pass', reason: 'nothing distinguishes answers of api from others' });
  });
});

describe('an application that is told by comparison', () => {
  const compare = { service: 'api', identity: { kind: 'compare' } } as const;
  const notFound = result<'http'>({ status: 404, body: 'no such page' });

  it('passes directly with whatever status it gives', () => {
    expect(judgeHttp([notFound], { ...compare, hop: 'direct' })).toMatchObject({
      verdict: 'pass',
      reason: 'status 404, as the application gives it',
    });
  });

  it('passes through a proxy with the status that its pods give as well', () => {
    const reference = { statuses: [404], text: 'no such page' };
    expect(judgeHttp([notFound], { ...compare, hop: 'proxied', reference }).verdict).toBe('pass');
  });

  it('fails through a proxy with a status that its pods do not give', () => {
    const reference = { statuses: [200], text: 'hello' };
    for (const status of [404, 502, 503, 504])
      expect(judgeHttp([result<'http'>({ status })], { ...compare, hop: 'proxied', reference }).errorKind).toBe(
        'http-status',
      );
  });

  it('fails by its Service where another answer comes than its pods give', () => {
    const reference = { statuses: [200], text: 'hello' };
    for (const answer of [notFound, result<'http'>({ status: 200, body: 'somebody else' })])
      expect(judgeHttp([answer], { ...compare, hop: 'translated', reference }).errorKind).toBe('wrong-identity');
  });

  it('passes where its pods answer differently each time', () => {
    const reference = referenceOf([
      { status: 200, body: '10:00' },
      { status: 200, body: '10:01' },
    ]);
    const later = result<'http'>({ status: 200, body: '10:02' });
    expect(judgeHttp([later], { ...compare, hop: 'translated', reference }).verdict).toBe('pass');
  });

  it('passes with trouble that is its own, also where its pods are well when they are asked directly', () => {
    const reference = { statuses: [200], text: 'hello' };
    for (const status of [429, 500, 503])
      expect(judgeHttp([result<'http'>({ status })], { ...compare, hop: 'translated', reference }).verdict).toBe(
        'pass',
      );
  });

  it('passes through a proxy that asks it by another path than the one that was asked of its pods', () => {
    const answer = result<'http'>({ status: 200, headers: { 'content-type': 'text/plain' }, body: 'page' });
    for (const reference of [{ statuses: [404] }, { statuses: [200], mediaType: 'text/plain', text: 'another' }])
      expect(judgeHttp([answer], { ...compare, hop: 'proxied', reference }).verdict).toBe('pass');
  });

  it('fails through a proxy where another kind of thing comes than its pods give', () => {
    const reference = { statuses: [200], mediaType: 'application/json', fields: { service: '"api"' } };
    const page = result<'http'>({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' });
    expect(judgeHttp([page], { ...compare, hop: 'proxied', reference }).errorKind).toBe('wrong-identity');
  });

  it.each([
    [404, 'pass', 'status 404, from outside of the cluster, where its Service leads to'],
    [301, 'pass', 'status 301, from outside of the cluster, where its Service leads to'],
    [502, 'fail', 'status 502: what its Service leads to is outside of the cluster and gives the ingress no answer'],
  ])('outside of the cluster is judged by whether it answers: with %i it is a %s', (status, verdict, reason) => {
    const judged = judgeHttp([result<'http'>({ status })], { ...compare, hop: 'outside' });
    expect(judged).toMatchObject({ verdict, reason });
  });

  it.each([401, 403, 429])('passes where the ingress keeps the client out with %i', (status) => {
    const reference = { statuses: [200], text: 'hello' };
    expect(judgeHttp([result<'http'>({ status })], { ...compare, hop: 'proxied', reference })).toMatchObject({
      verdict: 'pass',
      reason: `status ${status}: the ingress keeps this client out`,
    });
  });

  it.each([
    [426, 'pass'],
    [405, 'pass'],
    [404, 'fail'],
    [400, 'fail'],
    [503, 'fail'],
  ])('through a proxy, of pods that could not be asked directly: %i is a %s', (status, verdict) => {
    expect(judgeHttp([result<'http'>({ status })], { ...compare, hop: 'proxied' }).verdict).toBe(verdict);
  });

  it('fails through a proxy where a status comes that its pods do not give', () => {
    const asked = { ...compare, hop: 'proxied', reference: { statuses: [200] } } as const;
    expect(judgeHttp([result<'http'>({ status: 405 })], asked).verdict).toBe('fail');
  });
});

describe('a redirect', () => {
  const asked = { scheme: 'http', host: 'my.example', path: '/health' } as const;
  const strict = { service: 'api', identity: { kind: 'json-service' }, hop: 'proxied', asked } as const;
  const to = (location: string, status = 308) => result<'http'>({ status, headers: { location } });

  it.each([301, 302, 307, 308])('from http to https of the same host passes: %i', (status) => {
    expect(judgeHttp([to('https://my.example/health', status)], strict)).toMatchObject({
      verdict: 'pass',
      reason: 'redirects to https',
    });
  });

  it('from https to itself fails, with what is likely', () => {
    const https = { ...strict, asked: { ...asked, scheme: 'https' } } as const;
    expect(judgeHttp([to('https://my.example/health')], https)).toMatchObject({
      verdict: 'fail',
      errorKind: 'http-status',
      reason: expect.stringContaining('without an end') as string,
    });
  });

  it('to another host fails where a backend of a known identity was to answer', () => {
    expect(judgeHttp([to('https://login.example/')], strict).errorKind).toBe('http-status');
  });

  it('to another host passes where only comparison tells, and says where to', () => {
    const judged = judgeHttp([to('https://login.example/')], { ...strict, identity: { kind: 'compare' } });
    expect(judged).toMatchObject({
      verdict: 'pass',
      reason: 'redirects to https://login.example/, which was not asked',
    });
  });

  it('of a Service that no proxy stands before is taken for its own answer', () => {
    expect(judgeHttp([to('https://my.example/health')], { ...strict, hop: 'translated' }).errorKind).toBe(
      'http-status',
    );
  });
});
