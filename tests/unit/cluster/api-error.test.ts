import { ApiException } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { apiError, isTransport, retryAfterMs, wasNeverSent, whyOf } from '../../../helpers/cluster/api-error.ts';
import { NetwrightError } from '../../../helpers/errors.ts';

const SERVER = 'https://10.0.0.100:6443';
const answer = (code: number, body: unknown, headers = {}) => new ApiException(code, 'x', body, headers);
const status = (message: string, details?: object) => ({ kind: 'Status', message, ...(details && { details }) });
const failed = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) });
const said = (error: unknown) => {
  const { code, message } = apiError(error, 'the API server', SERVER);
  return [code, message];
};

describe('the words of the API server reach the user', () => {
  test.each<[string, unknown, [string, string]]>([
    [
      'of an admission webhook',
      answer(400, status('admission webhook "policy.example" denied the request: no hostNetwork here')),
      ['api-denied', 'refuses: admission webhook "policy.example" denied the request: no hostNetwork here'],
    ],
    [
      'of a quota',
      answer(403, status('pods "a" is forbidden: exceeded quota: small, requested: pods=1, used: pods=5')),
      ['api-denied', 'refuses: pods "a" is forbidden: exceeded quota: small, requested: pods=1, used: pods=5'],
    ],
    [
      'of pod security',
      answer(403, status('pods "a" is forbidden: violates PodSecurity "restricted:latest": host namespaces')),
      ['api-denied', 'refuses: pods "a" is forbidden: violates PodSecurity "restricted:latest": host namespaces'],
    ],
    [
      'of a missing right',
      answer(403, status('nodes is forbidden: User "ops" cannot list resource "nodes"')),
      ['api-forbidden', 'refuses: nodes is forbidden: User "ops" cannot list resource "nodes"'],
    ],
    [
      'in a body that is text',
      answer(500, JSON.stringify(status('etcdserver: request timed out'))),
      ['api-error', 'answered with an error: etcdserver: request timed out'],
    ],
    [
      'in the causes that the message leaves out',
      answer(422, status('DaemonSet is invalid', { causes: [{ field: 'spec.template', message: 'must be set' }] })),
      ['api-error', 'answered with an error: DaemonSet is invalid; spec.template: must be set'],
    ],
    [
      'of a proxy',
      answer(502, '<html>Bad Gateway</html>'),
      ['api-error', 'answered with an error: <html>Bad Gateway</html>'],
    ],
    ['where there are none', answer(500, ''), ['api-error', 'answered with an error: status 500']],
  ])('%s', (_title, error, [code, words]) => {
    expect(said(error)).toEqual([code, `the API server ${words}`]);
  });
});

test.each<[string, unknown, string]>([
  ['a name that does not resolve', failed('ENOTFOUND'), 'api-name'],
  ['a port where nobody listens', failed('ECONNREFUSED'), 'api-refused'],
  ['a certificate of another authority', failed('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'api-certificate'],
  ['a certificate that has expired', failed('CERT_HAS_EXPIRED'), 'api-certificate-expired'],
  ['a route that is not there', failed('EHOSTUNREACH'), 'api-unreachable'],
  ['a time-out', new DOMException('The operation was aborted due to timeout', 'TimeoutError'), 'api-unreachable'],
  ['anything else', new Error('odd'), 'api-unreachable'],
  ['an error of our own, as it is', new NetwrightError('no', { code: 'no-probes' }), 'no-probes'],
])('%s has its code', (_title, error, code) => {
  expect(apiError(error, 'the API server', SERVER).code).toBe(code);
});

test('Why something failed is one line, without what an answer of the API server carries besides', () => {
  const forbidden = answer(403, status('ingressclasses is forbidden'), { 'audit-id': '7' });
  expect(whyOf(forbidden)).toBe('the API server refuses: ingressclasses is forbidden');
  expect(whyOf(new Error('no room'))).toBe('no room');
});

test.each<[string, unknown, boolean, boolean]>([
  ['a connection that broke', failed('ECONNRESET'), true, false],
  ['a connection that was refused', failed('ECONNREFUSED'), true, true],
  ['too many requests', answer(429, ''), true, true],
  ['trouble of the server', answer(503, ''), true, false],
  ['a refusal', answer(403, ''), false, false],
  ['a conflict', answer(409, ''), false, false],
  ['a name that does not resolve', failed('ENOTFOUND'), false, false],
  ['a certificate that is not trusted', failed('SELF_SIGNED_CERT_IN_CHAIN'), false, false],
  ['an error of our own', new NetwrightError('no', { code: 'no-probes' }), false, false],
])('%s may pass, and was never sent: as it is', (_title, error, mayPass, neverSent) => {
  expect([isTransport(error), wasNeverSent(error)]).toEqual([mayPass, neverSent]);
});

test.each<[string, Record<string, string>, number | undefined]>([
  ['in seconds', { 'retry-after': '7' }, 7_000],
  ['as a date', { 'retry-after': 'Thu, 01 Jan 2026 00:00:03 GMT' }, 3_000],
  ['as a date that has passed', { 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, 0],
  ['in words that nobody knows', { 'retry-after': 'soon' }, undefined],
  ['not at all', {}, undefined],
])('the time to leave a server alone may be told %s', (_title, headers, ms) => {
  expect(retryAfterMs(answer(429, '', headers), Date.parse('2026-01-01T00:00:00Z'))).toBe(ms);
});
