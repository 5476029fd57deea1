import { firstOfRange, type OverlayDriver } from './driver.ts';

/** flannel gives its tunnel device the first address of the node's range of pods. */
export const flannelVxlan: OverlayDriver = {
  echoAddress: firstOfRange,
  burst: 'direct',
};
