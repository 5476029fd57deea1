import type { Hole } from '../model/finding.ts';
import type { RunContext } from '../model/run-context.ts';
import { externalNameNotes } from '../observe/plans/external-names.ts';
import { samplingNote } from '../observe/plans/pairs.ts';
import { serviceNotes } from '../observe/plans/service-notes.ts';
import { unaskedPorts } from '../observe/plans/unasked-ports.ts';
import { unprobedFamilies } from '../observe/plans/unprobed-families.ts';
import type { Participants } from './participants.ts';

/** What no suite will look at, known before the first probe: nodes, families, ports, pairs beyond a sample. */
export function knownHoles(context: RunContext, { holes }: Participants): Hole[] {
  const { topology, targets } = context;
  const sampling = samplingNote(context);
  return [
    ...holes,
    ...unprobedFamilies(context),
    ...unaskedPorts(topology, targets.services),
    ...serviceNotes(context),
    ...externalNameNotes(context),
    ...(sampling ? [{ what: 'the full mesh of node pairs', why: sampling, isByChoice: true }] : []),
  ];
}
