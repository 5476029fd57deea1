import { describe, expect, it } from 'vitest';
import type { AgentGot } from '../../../helpers/model/agent-got.ts';
import { judgeHttp } from '../../../helpers/observe/judge-http.ts';
import type { ResultOf } from '../../../helpers/observe/planned-probe.ts';

const answered = (got: AgentGot['http'], error?: ResultOf['error']): ResultOf<'http'> => ({
  batch: 'b',
  id: '1',
  attempts: 1,
  succeeded: error ? 0 : 1,
  timesMs: [],
  durationMs: 1,
  got,
  ...(error && { error }),
});
const timeout = { kind: 'timeout', text: 'timeout after 2000 ms' } as const;

describe('an application whose pods take longer than a probe waits when they are asked directly', () => {
  const expectation = { service: 'api', identity: { kind: 'compare' }, hop: 'proxied' } as const;
  const late = { ...expectation, reference: { statuses: [], isLate: true } } as const;
  const none = answered({ phase: 'response' }, timeout);
  const endless = answered({ phase: 'body', status: 200 }, timeout);

  it.each([
    ['no answer', none],
    ['an answer without an end', endless],
    ['a gateway that waited', answered({ status: 504, body: 'Gateway Time-out' })],
  ])('passes behind a proxy with %s, and fails where the pods are fast', (_, each) => {
    expect(judgeHttp([each, each], late)).toMatchObject({ verdict: 'pass', reason: expect.stringContaining('sooner') });
    expect(judgeHttp([each, each], { ...expectation, reference: { statuses: [200] } }).verdict).toBe('fail');
    expect(judgeHttp([each, each], expectation).verdict).toBe('fail');
  });

  it.each([
    ['no connection', answered({ phase: 'connect' }, timeout)],
    ['a refusal', answered({}, { kind: 'refused', text: 'connect ECONNREFUSED' })],
    ['another fault of the gateway', answered({ status: 502, body: 'Bad Gateway' })],
  ])('fails with %s all the same', (_, each) => {
    expect(judgeHttp([none, each], late).verdict).toBe('fail');
  });
});
