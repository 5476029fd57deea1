import type { AcceptancePoint } from '../../../model/acceptance.ts';
import { asBeforePoints } from './as-before.ts';
import { cniPoints } from './cni.ts';
import { k3sConfigPoints } from './k3s-config.ts';
import { leftOverPoints } from './left-overs.ts';
import { mtuPoints } from './mtu.ts';
import { policyPoints } from './policy.ts';
import { sourceAddressPoints } from './source-address.ts';
import { workloadPoints } from './workloads.ts';
import type { View } from '../../view/view.ts';

// Five causes and the answer ask for them.
const judged = new WeakMap<View, AcceptancePoint[]>();

/** Everything that an acceptance judges beside the suites, in the order of the report. Pure. */
export function acceptancePoints(view: View): AcceptancePoint[] {
  const known = judged.get(view) ?? [
    ...cniPoints(view),
    ...k3sConfigPoints(view),
    ...leftOverPoints(view),
    ...sourceAddressPoints(view),
    ...mtuPoints(view),
    ...workloadPoints(view),
    ...policyPoints(view),
    ...asBeforePoints(view),
  ];
  judged.set(view, known);
  return known;
}
