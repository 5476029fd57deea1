import { observeNodePortsBySsh } from '../helpers/observe/node-ports-by-ssh.ts';
import { planCanaryUdpNodePorts } from '../helpers/observe/plans/canary-udp.ts';
import { planNodePorts } from '../helpers/observe/plans/node-ports.ts';
import { NODE_PORTS, NODES_IN_REACH, OUTSIDE, SSH } from '../helpers/suite/requirements.ts';
import { defineSuite } from '../helpers/suite/suite.ts';

// In the incident `curl localhost:30080` over SSH on a worker timed out.
export default defineSuite({
  name: 'node-port',
  incident: '`curl localhost:30080` on a worker timed out',
  probes: 'every NodePort on every node: from outside, from the other nodes, and at localhost by SSH',
  observesWithOthers: true,
  observe: async (run) => {
    const references = await run.references();
    const [probed, bySsh] = await Promise.all([
      run.observe((context) => [...planNodePorts(context, references), ...planCanaryUdpNodePorts(context)]),
      observeNodePortsBySsh(run.cluster, references, run.options),
    ]);
    return [...probed, ...bySsh];
  },
  symptoms: [
    {
      title: 'every NodePort answers on every node when asked from outside',
      select: ({ role }) => role === 'from-runner',
      requires: [OUTSIDE, NODES_IN_REACH, NODE_PORTS],
    },
    {
      title: 'every NodePort answers on every node when asked from the other nodes',
      select: ({ role }) => role === 'from-node',
      requires: [NODE_PORTS],
    },
    {
      title: 'every NodePort answers at localhost on the node itself',
      select: ({ role }) => role === 'on-node-ssh',
      requires: [SSH, NODE_PORTS],
    },
  ],
});
