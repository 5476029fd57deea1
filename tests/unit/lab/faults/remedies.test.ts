import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../../../lab/faults/index.ts';
import type { LabFault } from '../../../../lab/faults/lib/types.ts';
import type { LabSettings } from '../../../../lab/makes/settings.ts';
import { carriedFor, notCarried } from '../../../../scripts/lib/remedies.ts';

/** A lab that can have it. */
const ofFault = ({ networks, families }: LabFault): Partial<LabSettings> => ({
  ...(networks?.[0] && { network: networks[0] }),
  ...(families?.[0] && { families: families[0] }),
});

describe('the remedy of a fault of the lab', () => {
  it.each(FAULTS.map((fault) => [fault.id, fault] as const))('%s: is carried out on a lab that has it', (_, fault) => {
    expect(notCarried(fault, { network: 'flannel', families: 'ipv4', ...ofFault(fault) })).toBeUndefined();
    expect(carriedFor(fault)?.says ?? carriedFor(fault)?.commands).toBeDefined();
  });
});
