import { describe } from 'vitest';
import { observeVxlan } from '../helpers/observe/overlay/observe.ts';
import { observeOnce, symptom } from '../helpers/suite/symptom.ts';

// The cause that was named in the incident: UDP 8472 between the nodes.
describe('vxlan', () => {
  const seen = observeOnce(async (run) => {
    const { kind, vni, port, device, source } = run.context.topology.overlay;
    if (vni === undefined || port === undefined || device === undefined) {
      return { observations: [], skip: `the overlay is not VXLAN: ${kind} (${source})` };
    }
    return { observations: await observeVxlan(run.context, { vni, port, device }, run, run.hosts.links) };
  });
  const needsTwoNodes = { whenNothing: () => 'this needs host-network probes on two nodes at least' };

  symptom(
    'VXLAN datagrams of every node come out of the tunnel device of every other',
    seen,
    ({ role }) => role === 'burst',
    needsTwoNodes,
  );
  symptom(
    'what a node sends to the tunnel address of another is answered',
    seen,
    ({ role }) => role === 'tunnel-echo',
    needsTwoNodes,
  );
  symptom(
    'UDP and TCP pass between the nodes on other ports',
    seen,
    ({ role }) => role === 'control-udp' || role === 'control-tcp',
    needsTwoNodes,
  );
});
