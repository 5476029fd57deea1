import type { OverlayDriver } from './driver.ts';

/** No tunnel, and no address of a node's own among its pods': what pods say of the path is all there is. */
export const calicoBgp: OverlayDriver = {
  echoAddress: () => undefined,
  burst: 'none',
};
