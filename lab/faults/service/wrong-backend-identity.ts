import { NAMESPACE } from '../../workloads/keybuzz.ts';
import type { KubeObject } from '../lib/objects.ts';
import { atService, specOf } from '../lib/places.ts';
import type { LabFault } from '../lib/types.ts';

const code = 'wrong-backend-identity';

export const faults: LabFault[] = [
  {
    id: `${code}/selector`,
    code,
    title: "a Service selects another application's pods",
    takes: 'none',
    inject: async (lab) => {
      await lab.change(
        NAMESPACE,
        'service/keybuzz-my-ui',
        (service) => void (specOf(service)['selector'] = { app: 'keybuzz-ui' }),
      );
      return { service: 'keybuzz-my-ui' };
    },
    expected: atService,
  },
  {
    id: `${code}/one-endpoint`,
    code,
    title: "a pod of another application has a Service's labels and is one of its endpoints",
    takes: 'none',
    inject: async (lab) => {
      const { spec } = await lab.get<KubeObject>(['-n', NAMESPACE, 'deployment/keybuzz-api']);
      const template = (spec as Record<string, any>)['template'];
      await lab.create({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'keybuzz-stray', namespace: NAMESPACE, labels: { app: 'keybuzz-ui' } },
        spec: template.spec,
      });
      await lab.kubectl(['-n', NAMESPACE, 'wait', '--for=condition=Ready', 'pod/keybuzz-stray', '--timeout=60s']);
      const { status } = await lab.get<KubeObject>(['-n', NAMESPACE, 'pod/keybuzz-stray']);
      return { service: 'keybuzz-ui', endpoint: (status as { podIP: string }).podIP };
    },
    expected: ({ service = '', endpoint = '' }) => [{ service, endpoint }],
  },
];
