import { flannelVxlan } from './flannel-vxlan.ts';
import { bridgeOfRange, type OverlayDriver } from './driver.ts';

/** No tunnel: routes lead to the bridge of a node's pods, whose own address the node answers for. */
export const flannelHostGw: OverlayDriver = {
  announcedAddress: flannelVxlan.announcedAddress,
  echoAddress: bridgeOfRange,
  burst: 'none',
};
