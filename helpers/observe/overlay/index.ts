import type { Overlay, OverlayKind } from '../../model/overlay.ts';
import { calicoBgp } from './calico-bgp.ts';
import { calicoIpip } from './calico-ipip.ts';
import { calicoVxlan } from './calico-vxlan.ts';
import { cilium } from './cilium.ts';
import type { OverlayDriver } from './driver.ts';
import { flannelHostGw } from './flannel-host-gw.ts';
import { flannelVxlan } from './flannel-vxlan.ts';
import { flannelWireguard } from './flannel-wireguard.ts';
import { unknown } from './unknown.ts';

const DRIVERS: Record<OverlayKind, OverlayDriver> = {
  'flannel-vxlan': flannelVxlan,
  'flannel-host-gw': flannelHostGw,
  'flannel-wireguard': flannelWireguard,
  'calico-ipip': calicoIpip,
  'calico-vxlan': calicoVxlan,
  'calico-bgp': calicoBgp,
  cilium,
  unknown,
};

export const driverOf = ({ kind }: Pick<Overlay, 'kind'>): OverlayDriver => DRIVERS[kind];
