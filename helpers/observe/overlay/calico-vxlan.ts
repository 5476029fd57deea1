import { CALICO } from '../../model/overlay/calico.ts';
import { calicoIpip } from './calico-ipip.ts';
import { bare, type OverlayDriver } from './driver.ts';

export const calicoVxlan: OverlayDriver = {
  announcedAddress: calicoIpip.announcedAddress,
  echoAddress: ({ annotations }) => bare(annotations[`${CALICO}IPv4VXLANTunnelAddr`]),
  burst: 'direct',
};
