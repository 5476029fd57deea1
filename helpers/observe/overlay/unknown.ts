import { bridgeOfRange, type OverlayDriver } from './driver.ts';

/** Whatever it is: where the node has a bridge for its pods, peers may reach its address as they reach the pods. */
export const unknown: OverlayDriver = {
  echoAddress: bridgeOfRange,
  burst: 'none',
  mayBeSilent: true,
};
