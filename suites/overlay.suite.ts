import { traitsOf } from '../helpers/model/overlay/index.ts';
import { observeOverlay } from '../helpers/observe/overlay/observe.ts';
import { BURSTS, TUNNEL_ADDRESS, TWO_HOSTS } from '../helpers/suite/requirements.ts';
import { defineSuite } from '../helpers/suite/suite.ts';

// The cause that was named in the incident: the port of the overlay, closed between the nodes.
export default defineSuite({
  name: 'overlay',
  incident: "flannel's UDP port was blocked between the nodes",
  probes:
    "bursts by the overlay's own port, as the nodes have it, counted at the receiver, echoes to tunnel addresses, " +
    'and controls over another port, every ordered pair',
  observe: ({ context, options, hosts }) => observeOverlay(context, options, hosts),
  symptoms: (context) => {
    const { label } = traitsOf(context?.topology.overlay);
    return [
      {
        title: `what every node sends by ${label} comes out of the tunnel device of every other`,
        // The nodes' kernels decide it, and only the run has asked them.
        detail: (probes) =>
          portText(probes.flatMap(({ role, destination }) => (role === 'burst' ? [destination] : []))),
        select: ({ role }) => role === 'burst' || role === 'tunnel-burst',
        requires: [BURSTS, TWO_HOSTS],
      },
      {
        title: `what a node sends to the address of another that only ${label} leads to is answered`,
        select: ({ role }) => role === 'tunnel-echo',
        requires: [TUNNEL_ADDRESS, TWO_HOSTS],
      },
      {
        title: 'UDP and TCP pass between the nodes on other ports',
        select: ({ role }) => role === 'control-udp' || role === 'control-tcp',
        requires: [TWO_HOSTS],
      },
    ];
  },
});

/** `UDP 4789`, or several where nodes differ; undefined where no port was told. */
function portText(destinations: { port?: number }[]): string | undefined {
  const ports = [...new Set(destinations.flatMap(({ port }) => port ?? []))];
  return ports.length > 0 ? `UDP ${ports.toSorted((a, b) => a - b).join(' and ')}` : undefined;
}
