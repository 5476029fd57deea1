import type { Location } from '../../../helpers/model/finding.ts';
import type { LabSettings } from '../../makes/settings.ts';
import type { FaultContext } from './context.ts';

/** What has to be named to say where a fault is put. */
export type Takes = 'none' | 'node' | 'pair';

/** Where a fault is: what it takes, and what its injection chose beside it (a Service, a host, a replica). */
export type Where = Location;

/** A real fault that can be put into a running lab. Mending it is the replay of what its injection recorded. */
export interface LabFault {
  /** Unique: the finding's code, and after a slash the form where there are several. */
  id: string;
  /** The finding that it must produce. */
  code: string;
  /** What is broken, in words that a person who looks for the fault would use. */
  title: string;
  takes: Takes;
  /** Breaks it, through the context alone, so that every step is recorded with its undoing. May add to where it is. */
  inject: (lab: FaultContext, where: Where) => Promise<Where | void>;
  /** Locations that the finding must name; none means the whole cluster. */
  expected: (where: Where) => Location[];
  /** Other causes that are true as well when it is in force, because they are a part of it. */
  also?: string[];
  /** Of the line of a node's state that the finding must give; only where a cause names a line. */
  line?: RegExp;
  /** Networks of labs that can have it, the commonest first; absent where every lab can. */
  networks?: readonly LabSettings['network'][];
  /** The same of address families. */
  families?: readonly LabSettings['families'][];
}

/** A fault in force, as recorded in the lab's folder. */
export interface InForce {
  id: string;
  code: string;
  where: Where;
  /** Locations that a finding must name. */
  expected: Location[];
  /** Other causes that are true as well. */
  also?: string[];
}

/** The location of a fault of one node, of one pair in both directions, of one direction, and of all. */
export const atNode = ({ node }: Where): Location[] => (node === undefined ? [] : [{ node }]);
export const atDirection = ({ from, to }: Where): Location[] =>
  from === undefined || to === undefined ? [] : [{ from, to }];
export const atPair = ({ from, to }: Where): Location[] =>
  from === undefined || to === undefined
    ? []
    : [
        { from, to },
        { from: to, to: from },
      ];
export const everywhere = (): Location[] => [];
