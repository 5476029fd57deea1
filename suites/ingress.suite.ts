import { describe } from 'vitest';
import type { ProbeObservation } from '../helpers/model/observation.ts';
import type { IngressHop } from '../helpers/observe/plans/ingress.ts';
import { observeTogether } from '../helpers/suite/service-paths.ts';
import { observeOnce, symptom } from '../helpers/suite/symptom.ts';

// In the incident all three hosts answered 503.
describe('ingress', () => {
  const seen = observeOnce(observeTogether('ingress'));
  const by = (hop: IngressHop, protocol: string) => (probe: ProbeObservation) =>
    probe.role === hop && probe.asked['protocol'] === protocol;
  const noLoadBalancer = { whenNothing: () => 'no load balancer is configured (NETWRIGHT_LOAD_BALANCER)' };
  const noNodes = { whenNothing: () => 'no node is known to run the ingress controller (NETWRIGHT_INGRESS_NODES)' };
  const noNodePort = {
    whenNothing: () => 'no NodePort of the ingress controller is configured (NETWRIGHT_INGRESS_NODEPORT_HTTP, _HTTPS)',
  };

  symptom(
    'every host answers 200 over https through the load balancer',
    seen,
    by('load-balancer', 'https'),
    noLoadBalancer,
  );
  symptom(
    'every host answers 200 over http through the load balancer',
    seen,
    by('load-balancer', 'http'),
    noLoadBalancer,
  );
  symptom(
    'every host answers 200 over https on every node that runs the ingress',
    seen,
    by('worker', 'https'),
    noNodes,
  );
  symptom('every host answers 200 over http on every node that runs the ingress', seen, by('worker', 'http'), noNodes);
  symptom(
    'every host answers 200 over https by the NodePort of every node',
    seen,
    by('node-port', 'https'),
    noNodePort,
  );
  symptom('every host answers 200 over http by the NodePort of every node', seen, by('node-port', 'http'), noNodePort);
});
