import { flannelVxlan } from './flannel-vxlan.ts';
import type { OverlayDriver } from './driver.ts';

/** Nobody but the kernel can make its datagrams: it wraps what is sent to the tunnel's address. */
export const flannelWireguard: OverlayDriver = { ...flannelVxlan, burst: 'wrapped' };
