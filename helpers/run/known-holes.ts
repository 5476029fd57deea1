import type { Hole } from '../model/finding.ts';
import type { RunContext } from '../model/run-context.ts';
import { externalNameNotes } from '../observe/plans/external-names.ts';
import { samplingNote } from '../observe/plans/pairs.ts';
import { serviceNotes } from '../observe/plans/service-notes.ts';
import { unaskedPorts } from '../observe/plans/unasked-ports.ts';
import { unprobedFamilies } from '../observe/plans/unprobed-families.ts';
import type { Participants } from './participants.ts';

const OUT_OF_REACH: Hole = {
  what: 'the nodes as they are seen from outside',
  why:
    'nothing of any node answers where Netwright runs (TCP 22, 80, 443, 10250): other nodes ask the ports of the ' +
    'ingress, and NodePorts are asked from inside alone',
  isByChoice: true,
};

/** What no suite will look at, known before the first probe: nodes, families, ports, pairs beyond a sample. */
export function knownHoles(context: RunContext, { holes }: Participants): Hole[] {
  const { topology, targets, isOutOfReach } = context;
  const sampling = samplingNote(context);
  return [
    ...holes,
    ...(isOutOfReach ? [OUT_OF_REACH] : []),
    ...unprobedFamilies(context),
    ...unaskedPorts(topology, targets.services),
    ...serviceNotes(context),
    ...externalNameNotes(context),
    ...(sampling ? [{ what: 'the full mesh of node pairs', why: sampling, isByChoice: true }] : []),
  ];
}
