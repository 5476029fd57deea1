import type { AcceptancePoint } from '../../../model/acceptance.ts';
import { asBeforePoints } from './as-before.ts';
import { cniPoints } from './cni.ts';
import { k3sConfigPoints } from './k3s-config.ts';
import { leftOverPoints } from './left-overs.ts';
import { mtuPoints } from './mtu.ts';
import { policyPoints } from './policy.ts';
import { sourceAddressPoints } from './source-address.ts';
import { workloadPoints } from './workloads.ts';
import { oncePerView } from '../../view/once.ts';

/**
 * Everything that an acceptance judges beside the suites, in the order of the report: five causes and the answer ask
 * for it. Pure.
 */
export const acceptancePoints = oncePerView((view): AcceptancePoint[] => [
  ...cniPoints(view),
  ...k3sConfigPoints(view),
  ...leftOverPoints(view),
  ...sourceAddressPoints(view),
  ...mtuPoints(view),
  ...workloadPoints(view),
  ...policyPoints(view),
  ...asBeforePoints(view),
]);
