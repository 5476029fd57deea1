import { CALICO, CALICO_TUNNEL_ADDRESS } from '../../model/overlay/calico.ts';
import { bare, type OverlayDriver } from './driver.ts';

/** IPIP has no port, and a raw socket needs a privilege: the kernel wraps what is sent to the tunnel's address. */
export const calicoIpip: OverlayDriver = {
  echoAddress: ({ annotations }) => bare(annotations[`${CALICO}${CALICO_TUNNEL_ADDRESS['calico-ipip']}`]),
  burst: 'wrapped',
};
