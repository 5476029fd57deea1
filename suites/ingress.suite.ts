import { readFileSync } from 'node:fs';
import type { ProbeObservation } from '../helpers/model/observation.ts';
import { planIngressControls } from '../helpers/observe/plans/ingress-controls.ts';
import { planIngress, type IngressHop } from '../helpers/observe/plans/ingress.ts';
import {
  INGRESS_HOSTS,
  INGRESS_NODE_PORT,
  INGRESS_NODES,
  INGRESS_TLS,
  LOAD_BALANCER,
  OUTSIDE,
} from '../helpers/suite/requirements.ts';
import { defineSuite } from '../helpers/suite/suite.ts';

const by = (hop: IngressHop, protocol: 'http' | 'https') => (probe: ProbeObservation) =>
  probe.role === hop && probe.asked.protocol === protocol;

// In the incident all three hosts answered 503.
export default defineSuite({
  name: 'ingress',
  incident: 'all three hosts answered 503',
  probes: 'every host over http and https: through the load balancer, on every ingress node, by the NodePort',
  observesWithOthers: true,
  requires: [INGRESS_HOSTS],
  observe: async (run) => {
    const { ingressCaPath } = run.context.targets;
    const ca = ingressCaPath === undefined ? undefined : readFileSync(ingressCaPath, 'utf8');
    const references = await run.references();
    const question = { ca, references };
    const observed = await run.observe((context) => planIngress(context, question));
    const controls = planIngressControls(run.context, observed, question);
    return controls.length > 0 ? [...observed, ...(await run.observe(() => controls))] : observed;
  },
  symptoms: [
    {
      title: 'every host answers over https through the load balancer',
      select: by('load-balancer', 'https'),
      requires: [OUTSIDE, INGRESS_TLS, LOAD_BALANCER],
    },
    {
      title: 'every host answers over http through the load balancer',
      select: by('load-balancer', 'http'),
      requires: [OUTSIDE, LOAD_BALANCER],
    },
    {
      title: 'every host answers over https on every node that runs the ingress',
      select: by('worker', 'https'),
      requires: [INGRESS_TLS, INGRESS_NODES],
    },
    {
      title: 'every host answers over http on every node that runs the ingress',
      select: by('worker', 'http'),
      requires: [INGRESS_NODES],
    },
    {
      title: 'every host answers over https by the NodePort of every node',
      select: by('node-port', 'https'),
      requires: [INGRESS_TLS, INGRESS_NODE_PORT],
    },
    {
      title: 'every host answers over http by the NodePort of every node',
      select: by('node-port', 'http'),
      requires: [INGRESS_NODE_PORT],
    },
  ],
});
