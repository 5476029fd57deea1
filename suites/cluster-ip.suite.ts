import { planCanaryUdp } from '../helpers/observe/plans/canary-udp.ts';
import { planClusterIps, planEndpoints } from '../helpers/observe/plans/services.ts';
import { ENDPOINTS, SERVICES } from '../helpers/suite/requirements.ts';
import { defineSuite } from '../helpers/suite/suite.ts';

// In the incident every ClusterIP timed out from pods whose endpoint of the moment was on another node.
export default defineSuite({
  name: 'cluster-ip',
  incident: 'ClusterIPs timed out from pods',
  probes: 'every Service by its ClusterIP, and every endpoint by its own address, from both networks of every node',
  observesWithOthers: true,
  observe: async (run) => {
    const references = await run.references();
    return run.observe((context) => [
      ...planClusterIps(context, references),
      ...planEndpoints(context, references),
      ...planCanaryUdp(context),
    ]);
  },
  symptoms: [
    {
      title: 'every Service answers by its ClusterIP from the pod network of every node',
      select: ({ role, source }) => role === 'service' && source.network === 'pod',
      requires: [SERVICES],
    },
    {
      title: 'every Service answers by its ClusterIP from the host network of every node',
      select: ({ role, source }) => role === 'service' && source.network === 'host',
      requires: [SERVICES],
    },
    {
      title: 'every endpoint on the asking node answers by its own address',
      select: ({ role, source, destination }) => role === 'endpoint' && source.node === destination.node,
      requires: [ENDPOINTS],
    },
    {
      title: 'every endpoint on another node answers by its own address',
      select: ({ role, source, destination }) => role === 'endpoint' && source.node !== destination.node,
      requires: [ENDPOINTS],
    },
  ],
});
