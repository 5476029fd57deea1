import { CALICO, CALICO_TUNNEL_ADDRESS } from '../../model/overlay/calico.ts';
import { bare, type OverlayDriver } from './driver.ts';

export const calicoVxlan: OverlayDriver = {
  echoAddress: ({ annotations }) => bare(annotations[`${CALICO}${CALICO_TUNNEL_ADDRESS['calico-vxlan']}`]),
  burst: 'direct',
};
