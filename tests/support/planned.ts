import type { ProbeKind } from '../../helpers/model/agent-got.ts';
import type { ProbeObservation } from '../../helpers/model/observation.ts';
import { judgeReach } from '../../helpers/observe/judges.ts';
import type { Planned, SpecOf } from '../../helpers/observe/planned-probe.ts';
import { DEFAULTS } from './observations.ts';

/**
 * A probe as a plan makes it, of which the agent is asked this: it passes where something answers, and nothing else
 * about it is remarkable unless said.
 */
export function plannedOf<Kind extends Exclude<ProbeKind, 'burst'>>(
  kind: Kind,
  specs: SpecOf[Kind][],
  fields: Partial<Omit<Planned<Kind>, 'kind' | 'specs'>> = {},
): Planned<Kind> {
  const { suite, role, asked } = DEFAULTS[kind];
  const source: ProbeObservation['source'] = { network: 'pod', node: 'a' };
  return {
    suite,
    kind,
    role,
    source,
    destination: {},
    crosses: { size: 'small' },
    asked,
    specs,
    judge: judgeReach,
    ...fields,
  };
}

/** A TCP connection to an address. */
export const connectionTo = (
  ip: string,
  port: number,
  timeoutMs: number,
  fields: Parameters<typeof plannedOf<'tcp'>>[2] = {},
): Planned<'tcp'> =>
  plannedOf('tcp', [{ kind: 'tcp', host: ip, port, timeoutMs }], { destination: { ip, port }, ...fields });
