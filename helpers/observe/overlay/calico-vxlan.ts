import { CALICO } from '../../model/overlay/calico.ts';
import { bare, type OverlayDriver } from './driver.ts';

export const calicoVxlan: OverlayDriver = {
  echoAddress: ({ annotations }) => bare(annotations[`${CALICO}IPv4VXLANTunnelAddr`]),
  burst: 'direct',
};
