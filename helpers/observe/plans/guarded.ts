import type { ProbeKind } from '../../model/agent-got.ts';
import type { ServiceInfo } from '../../model/topology.ts';
import { asEvidence } from '../judges.ts';
import type { Planned, PlannedProbe } from '../planned-probe.ts';

/**
 * What a policy refuses that lets in others is its author's choice: it is evidence, by which the diagnosis tells why
 * those whom it forgot are kept out as well.
 */
export function unlessGuarded(planned: PlannedProbe, { guardedBy = [] }: ServiceInfo['ports'][number]): PlannedProbe {
  if (guardedBy.length === 0) return planned;
  const why = `the network policy ${guardedBy.join(', ')} lets in others alone`;
  const guarded = <Kind extends ProbeKind>(each: Planned<Kind>): Planned<Kind> => ({
    ...each,
    judge: (results) => asEvidence(each.judge(results), why),
  });
  if (planned.kind === 'tcp') return guarded(planned);
  return planned.kind === 'http' ? guarded(planned) : planned;
}
