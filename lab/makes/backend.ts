import type { Make } from './settings.ts';

/** host-gw: nodes of one network, routes in place of a tunnel. */
export const backend: Make = {
  key: 'backend',
  meaning: "flannel's backend",
  values: 'vxlan, host-gw',
  read: (value) => (value === 'vxlan' || value === 'host-gw' ? { backend: value } : undefined),
};
