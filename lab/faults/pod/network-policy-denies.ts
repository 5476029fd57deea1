import { NAMESPACE } from '../../workloads/keybuzz.ts';
import { atService } from '../lib/places.ts';
import { denyPods } from '../lib/pod-firewall.ts';
import type { LabFault } from '../lib/types.ts';

const code = 'network-policy-denies';

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: 'a NetworkPolicy lets nobody in to the pods of a Service',
    takes: 'none',
    inject: async (lab) => {
      await lab.create({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'deny-keybuzz-ui', namespace: NAMESPACE },
        spec: { podSelector: { matchLabels: { app: 'keybuzz-ui' } }, policyTypes: ['Ingress'], ingress: [] },
      });
      await denyPods(lab, 'keybuzz-ui');
      return { service: 'keybuzz-ui' };
    },
    expected: atService,
  },
];
