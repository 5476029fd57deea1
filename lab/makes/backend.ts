import { choice } from './settings.ts';

/** host-gw: nodes of one network, routes in place of a tunnel. */
export const backend = choice({ key: 'backend', meaning: "flannel's backend" }, 'backend', ['vxlan', 'host-gw']);
