import { describe, expect, it } from 'vitest';
import { judgeDns } from '../../../helpers/observe/judges.ts';
import type { ProbeResult } from '../../../helpers/probe/protocol.ts';

const answer = (rcode: string): ProbeResult => ({ batch: 'b', id: 'i', attempts: 1, succeeded: rcode === 'NOERROR' ? 1 : 0, timesMs: [], durationMs: 1, got: { rcode, answers: [] }, ...(rcode !== 'NOERROR' && { error: { kind: 'dns-rcode', text: rcode } }) });
const judge = (rcode: string) => judgeDns([answer(rcode)], { rcodes: ['NOERROR', 'NXDOMAIN', 'REFUSED'] }).verdict;

describe('a name that need not exist', () => {
  it.each(['NOERROR', 'NXDOMAIN', 'REFUSED'])('is answered by %s', (rcode) => {
    expect(judge(rcode)).toBe('pass');
  });

  it('is not answered by SERVFAIL, which says that nobody could be asked', () => {
    expect(judge('SERVFAIL')).toBe('fail');
  });
});
