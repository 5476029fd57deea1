import { choice, type LabSettings } from './settings.ts';
import { uplinkOf } from './underlay.ts';

/** public: by the public cards of underlay=hetzner, while the nodes are known by their private addresses. */
export const overlayIface = choice(
  { key: 'overlay-iface', meaning: 'the card by which flannel joins the nodes' },
  'overlayIface',
  ['uplink', 'public'],
);

/** That card, and the size of the packets that it carries. */
export const overlayCard = (settings: Pick<LabSettings, 'overlayIface' | 'underlay'>): { name: string; mtu: number } =>
  settings.overlayIface === 'public' ? { name: 'eth0', mtu: 1500 } : uplinkOf(settings);
