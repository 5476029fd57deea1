import type { OverlayTraits } from '../overlay.ts';

/** Cilium tunnels by VXLAN, by Geneve or not at all, which its annotations do not say; its devices may. */
export const cilium: OverlayTraits = {
  label: 'Cilium',
  family: 'cilium',
  announcedBy: [],
  overheadBytes: 0,
  wire: () => ({ protocol: 'unknown' }),
  tunnel: ({ devices }) => {
    const device = devices?.find((name) => name === 'cilium_vxlan' || name === 'cilium_geneve');
    return device
      ? { device, source: 'Cilium gives its tunnel device this name' }
      : { source: 'no tunnel device of Cilium was seen' };
  },
  settings: {},
  restart: 'delete the cilium pod, which starts anew,',
};

export const unknown: OverlayTraits = {
  label: 'an unknown kind of pod network',
  announcedBy: [],
  overheadBytes: 0,
  wire: () => ({ protocol: 'unknown' }),
  tunnel: () => ({ source: 'the kind of pod network is unknown' }),
  settings: {},
  restart: 'restart the network plugin',
};
