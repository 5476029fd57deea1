import { isJudged, type ProbeObservation } from '../model/observation.ts';
import type { Measured } from './planned-probe.ts';

/** How it ends where nobody is let in. */
const SILENT = new Set<string | undefined>(['timeout', 'no-reply', 'no-route', 'prohibited']);

const WHY = 'no node lets in what is asked there, and nobody needs it to be let in';

type Observed = Pick<ProbeObservation, 'verdict' | 'errorKind' | 'reason' | 'succeeded'>;

const isSilent = ({ verdict, errorKind, succeeded }: Observed): boolean =>
  verdict === 'fail' && succeeded === 0 && SILENT.has(errorKind);

/**
 * Turns into evidence what nobody needs to be let in to, where no node lets it in: firewalls before nodes are often
 * open to the ingress alone. Where one node lets it in, all have to. Nodes and who stands outside are let in apart.
 * Pure; takes what was measured together, and what was observed of it in the same order.
 */
export function unpromisedAsEvidence<T extends Observed>(
  measured: readonly Pick<Measured, 'probe'>[],
  observed: readonly T[],
): T[] {
  const isOutside = (index: number): boolean => measured[index]?.probe.source.network === 'runner';
  const isUnpromised = (index: number): boolean => measured[index]?.probe.isUnpromised === true;
  const isLetInNowhere = (outside: boolean): boolean =>
    observed.every(
      (each, index) => !isUnpromised(index) || isOutside(index) !== outside || !isJudged(each) || isSilent(each),
    );
  const [nobodyOutside, noNode] = [isLetInNowhere(true), isLetInNowhere(false)];
  return observed.map((each, index) =>
    isUnpromised(index) && isSilent(each) && (isOutside(index) ? nobodyOutside : noNode)
      ? { ...each, verdict: 'evidence', reason: `${WHY}: ${each.reason ?? each.errorKind}` }
      : each,
  );
}
