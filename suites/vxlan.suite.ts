import { commonTunnel, tunnelsOf } from '../helpers/model/overlay/index.ts';
import { observeVxlan } from '../helpers/observe/overlay/observe.ts';
import { TWO_HOSTS, VXLAN } from '../helpers/suite/requirements.ts';
import { defineSuite } from '../helpers/suite/suite.ts';

// The cause that was named in the incident: the overlay's UDP port between the nodes.
export default defineSuite({
  name: 'vxlan',
  requires: [VXLAN],
  observe: async ({ context, options, hosts }) => {
    const { vni, port, device } = commonTunnel(tunnelsOf(context.topology.overlay, hosts.tunnels).values()) ?? {};
    if (vni === undefined || port === undefined || device === undefined) return [];
    return observeVxlan(context, { vni, port, device }, options, hosts.links);
  },
  symptoms: [
    {
      title: 'VXLAN datagrams of every node come out of the tunnel device of every other',
      select: ({ role }) => role === 'burst',
      requires: [TWO_HOSTS],
    },
    {
      title: 'what a node sends to the tunnel address of another is answered',
      select: ({ role }) => role === 'tunnel-echo',
      requires: [TWO_HOSTS],
    },
    {
      title: 'UDP and TCP pass between the nodes on other ports',
      select: ({ role }) => role === 'control-udp' || role === 'control-tcp',
      requires: [TWO_HOSTS],
    },
  ],
});
