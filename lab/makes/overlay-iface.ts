import { choice, type LabSettings } from './settings.ts';
import { uplinkOf } from './underlay.ts';

/** public: by the public cards of underlay=hetzner, while the nodes are known by their private addresses. */
export const overlayIface = choice(
  { key: 'overlay-iface', meaning: 'the card by which flannel joins the nodes' },
  'overlayIface',
  ['uplink', 'public'],
);

/** The name of that card. */
export const overlayCard = (settings: Pick<LabSettings, 'overlayIface' | 'underlay'>): string =>
  settings.overlayIface === 'public' ? 'eth0' : uplinkOf(settings).name;
