import type { ProbeObservation } from '../model/observation.ts';
import type { Measured } from './planned-probe.ts';

/** How it ends where nobody is let in. */
const SILENT = new Set<string | undefined>(['timeout', 'no-reply', 'no-route', 'prohibited']);

const WHY = 'no node lets in what is asked there, and nobody needs it to be let in';

/**
 * Turns into evidence what nobody needs to be let in to, where no node lets it in: firewalls before nodes are often open
 * to the ingress alone. Where one node lets it in, all have to. Pure; takes what a suite measured together, and what was
 * observed of it in the same order.
 */
export function unpromisedAsEvidence<
  T extends Pick<ProbeObservation, 'verdict' | 'errorKind' | 'reason' | 'succeeded'>,
>(measured: readonly Pick<Measured, 'probe'>[], observed: readonly T[]): T[] {
  const isUnpromised = (index: number): boolean => measured[index]?.probe.isUnpromised === true;
  const judged = observed.filter(({ verdict }, index) => isUnpromised(index) && verdict !== 'inconclusive');
  const isLetInNowhere = judged.every(
    ({ verdict, errorKind, succeeded }) => verdict === 'fail' && succeeded === 0 && SILENT.has(errorKind),
  );
  return observed.map((each, index) =>
    isLetInNowhere && isUnpromised(index) && each.verdict === 'fail'
      ? { ...each, verdict: 'evidence', reason: `${WHY}: ${each.reason ?? each.errorKind}` }
      : each,
  );
}
