import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../../../lab/faults/index.ts';
import { carriedFor, notCarried } from '../../../../scripts/lib/remedies.ts';

describe('the remedy of a fault of the lab', () => {
  it.each(FAULTS.map((fault) => [fault.id, fault] as const))('%s: is carried out on a lab that has it', (_, fault) => {
    expect(notCarried(fault, fault.networks?.[0] ?? 'flannel')).toBeUndefined();
    expect(carriedFor(fault)?.says ?? carriedFor(fault)?.commands).toBeDefined();
  });
});
