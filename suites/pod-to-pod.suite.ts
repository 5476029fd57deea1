import type { PathClass, ProbeObservation } from '../helpers/model/observation.ts';
import { pathMtus } from '../helpers/observe/mtu.ts';
import { planPodMesh } from '../helpers/observe/plans/pod-mesh.ts';
import type { Symptom } from '../helpers/suite/declaration.ts';
import { TWO_NODES } from '../helpers/suite/requirements.ts';
import { defineSuite } from '../helpers/suite/suite.ts';

const ways: [PathClass, between: string][] = [
  ['pod-pod', 'pods on different nodes'],
  ['host-pod', 'a node and the pods of other nodes'],
  ['pod-host', 'a pod and other nodes'],
  ['host-host', 'nodes'],
];
const isAcross = ({ source, destination }: ProbeObservation): boolean => source.node !== destination.node;
const onWay =
  (pathClass: PathClass, ...roles: string[]) =>
  (probe: ProbeObservation): boolean =>
    isAcross(probe) && probe.pathClass === pathClass && roles.includes(probe.role);

// In the incident pods reached each other on one node and never across nodes.
export default defineSuite({
  name: 'pod-to-pod',
  incident: 'pods reached each other on one node and never across nodes',
  probes: 'TCP, UDP and large payloads between pods and nodes, every ordered pair, four classes of path',
  observe: async (run) => {
    const mtus = await pathMtus(run.context, run.options.fleet, run.options.signal);
    return run.observe((context) => planPodMesh(context, mtus));
  },
  symptoms: [
    {
      title: 'probes on one node reach each other and the workload pods beside them',
      select: (probe) => !isAcross(probe),
    },
    ...ways.flatMap(([way, between]): Symptom[] => [
      { title: `TCP passes between ${between}`, select: onWay(way, 'tcp-small'), requires: [TWO_NODES] },
      { title: `UDP passes between ${between}`, select: onWay(way, 'udp-small'), requires: [TWO_NODES] },
      {
        title: `large payloads pass between ${between}`,
        select: onWay(way, 'tcp-large', 'udp-full', 'udp-fragmented'),
        requires: [TWO_NODES],
      },
    ]),
  ],
});
