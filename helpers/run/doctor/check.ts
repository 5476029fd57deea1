import type { V1Node } from '@kubernetes/client-node';

/** How a part of the preparations looks. */
export interface Check {
  /** What was looked at: `rights`, `SSH`. */
  name: string;
  /**
   * `ok`; `lack`: a run goes without it, at a cost; `block`: a run does not begin, or sees nothing; `unknown`: it could
   * not be told.
   */
  state: 'ok' | 'lack' | 'block' | 'unknown';
  text: string;
  /** What the lack costs. */
  cost?: string;
  /** What to do about it. */
  hint?: string;
}

/** All looking takes so long at most. */
export const DOCTOR_MS = 3_000;

/** The address by which the cluster knows a node. */
export const addressOf = ({ status }: V1Node): string | undefined =>
  status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
