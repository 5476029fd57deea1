import type { AcceptanceCode, AcceptancePoint } from '../../model/acceptance.ts';

/** Something that does not hold, or that is not known, with the node where it is. */
export interface Trouble {
  text: string;
  node?: string;
}

export interface Judged extends Pick<AcceptancePoint, 'area' | 'title'> {
  /** What does not hold. */
  wrong?: readonly Trouble[];
  /** What decides and could not be observed. */
  unknown?: readonly Trouble[];
  /** Why there is nothing to judge. */
  skipped?: string;
  /** What is to know besides, where it passes. */
  note?: string;
  remedy?: string;
  code?: AcceptanceCode;
  observations?: readonly (string | undefined)[];
}

/**
 * Where there is nothing to judge, nothing is wrong. What does not hold counts before what is not known; what is not
 * known is never a pass.
 */
export function point({
  area,
  title,
  wrong = [],
  unknown = [],
  skipped,
  note,
  remedy,
  code,
  observations = [],
}: Judged): AcceptancePoint {
  const told = wrong.length > 0 ? wrong : unknown;
  const verdict =
    skipped !== undefined ? 'skipped' : wrong.length > 0 ? 'fail' : unknown.length > 0 ? 'inconclusive' : 'pass';
  const text = told.length > 0 && verdict !== 'skipped' ? told.map((each) => each.text).join('\n') : (skipped ?? note);
  return {
    area,
    title,
    verdict,
    ...(text !== undefined && { text }),
    troubles: verdict === 'skipped' ? [] : [...told],
    ...(code !== undefined && { code }),
    ...(verdict === 'fail' && remedy !== undefined && { remedy }),
    observations: observations.flatMap((id) => id ?? []),
  };
}
