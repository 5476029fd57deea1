import type { RunContext } from '../../model/run-context.ts';
import { familiesOf } from '../in-family.ts';
import type { DnsExpectation } from '../judges.ts';

/**
 * Which record of a name outside the cluster is asked for, and what has to come: A, which nearly all such names have,
 * and an address; AAAA where the cluster has IPv6 alone, and then any answer without an error: the name may have A
 * alone.
 */
export function externalRecord(context: Pick<RunContext, 'pods' | 'isSecondFamily'>): {
  recordType: 'A' | 'AAAA';
  expected: DnsExpectation;
} {
  return !context.isSecondFamily && familiesOf(context)[0] === 'IPv6'
    ? { recordType: 'AAAA', expected: { mayBeEmpty: true } }
    : { recordType: 'A', expected: {} };
}
