import { FLANNEL } from '../../model/overlay/flannel.ts';
import { bare, firstOfRange, type OverlayDriver } from './driver.ts';

/** flannel gives its tunnel device `<podCIDR>.0/32`, and announces to where peers send. */
export const flannelVxlan: OverlayDriver = {
  announcedAddress: ({ annotations }) =>
    bare(annotations[`${FLANNEL}public-ip`] ?? annotations[`${FLANNEL}public-ipv6`]),
  echoAddress: firstOfRange,
  burst: 'direct',
};
