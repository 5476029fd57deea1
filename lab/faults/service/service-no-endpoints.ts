import { NAMESPACE } from '../../workloads/keybuzz.ts';
import { atService, specOf } from '../lib/places.ts';
import type { LabFault } from '../lib/types.ts';

const code = 'service-no-endpoints';

export const faults: LabFault[] = [
  {
    id: `${code}/selector`,
    code,
    title: "a Service's selector matches no pod",
    takes: 'none',
    inject: async (lab) => {
      await lab.change(
        NAMESPACE,
        'service/keybuzz-ui',
        (service) => void (specOf(service)['selector'] = { app: 'keybuzz-web' }),
      );
      return { service: 'keybuzz-ui' };
    },
    expected: atService,
  },
  {
    id: `${code}/not-ready`,
    code,
    title: 'the pods behind a Service are not ready',
    takes: 'none',
    inject: async (lab) => {
      await lab.change(NAMESPACE, 'deployment/keybuzz-my-ui', (deployment) => {
        const spec = specOf(deployment);
        spec['strategy'] = { type: 'Recreate' };
        spec['template'].spec.containers[0].readinessProbe.httpGet.port = 8081;
      });
      await lab.kubectl([
        '-n',
        NAMESPACE,
        'wait',
        '--for=jsonpath={.status.updatedReplicas}=3',
        'deployment/keybuzz-my-ui',
        '--timeout=60s',
      ]);
      await lab.kubectl([
        '-n',
        NAMESPACE,
        'wait',
        '--for=condition=Available=False',
        'deployment/keybuzz-my-ui',
        '--timeout=60s',
      ]);
      return { service: 'keybuzz-my-ui' };
    },
    expected: atService,
  },
];
