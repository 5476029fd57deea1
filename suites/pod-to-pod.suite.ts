import { describe } from 'vitest';
import type { PathClass, ProbeObservation } from '../helpers/model/observation.ts';
import { pathMtus } from '../helpers/observe/mtu.ts';
import { planPodMesh } from '../helpers/observe/plans/pod-mesh.ts';
import { observePlan } from '../helpers/suite/current-run.ts';
import { observeOnce, symptom } from '../helpers/suite/symptom.ts';

const crossNode = ({ source, destination }: ProbeObservation): boolean => source.node !== destination.node;
const ways: Record<PathClass, string> = {
  'pod-pod': 'pods on different nodes',
  'host-pod': 'a node and the pods of other nodes',
  'pod-host': 'a pod and other nodes',
  'host-host': 'nodes',
};
const needsTwoNodes = { whenNothing: () => 'this needs probes on two nodes at least' };

// In the incident pods reached each other on one node and never across nodes.
describe('pod-to-pod', () => {
  const seen = observeOnce(async (run) => {
    const mtus = await pathMtus(run.context, run.fleet, run.signal);
    return { observations: await observePlan(run, (context) => planPodMesh(context, mtus)) };
  });

  symptom('probes on one node reach each other and the workload pods beside them', seen, (probe) => !crossNode(probe));
  for (const [pathClass, between] of Object.entries(ways)) {
    const between2 = (probe: ProbeObservation) => crossNode(probe) && probe.pathClass === pathClass;
    symptom(
      `TCP passes between ${between}`,
      seen,
      (probe) => between2(probe) && probe.role === 'tcp-small',
      needsTwoNodes,
    );
    symptom(
      `UDP passes between ${between}`,
      seen,
      (probe) => between2(probe) && probe.role === 'udp-small',
      needsTwoNodes,
    );
    symptom(
      `large payloads pass between ${between}`,
      seen,
      (probe) => between2(probe) && ['tcp-large', 'udp-full', 'udp-fragmented'].includes(probe.role),
      needsTwoNodes,
    );
  }
});
