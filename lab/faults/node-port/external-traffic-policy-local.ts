import { NAMESPACE } from '../../workloads/keybuzz.ts';
import { atService, specOf } from '../lib/places.ts';
import type { LabFault } from '../lib/types.ts';

const code = 'external-traffic-policy-local';

export const faults: LabFault[] = [
  {
    id: `${code}/app`,
    code,
    title: 'externalTrafficPolicy is Local for a Service whose only pod is on one node',
    takes: 'none',
    inject: async (lab) => {
      await lab.change(NAMESPACE, 'deployment/keybuzz-api', (deployment) => void (specOf(deployment)['replicas'] = 1));
      await lab.change(
        NAMESPACE,
        'service/keybuzz-api',
        (service) => void (specOf(service)['externalTrafficPolicy'] = 'Local'),
      );
      await lab.kubectl([
        '-n',
        NAMESPACE,
        'wait',
        '--for=jsonpath={.status.replicas}=1',
        'deployment/keybuzz-api',
        '--timeout=60s',
      ]);
      return { service: 'keybuzz-api' };
    },
    expected: atService,
  },
  {
    id: `${code}/ingress`,
    code,
    title: 'externalTrafficPolicy is Local for the ingress controller, which servers do not run',
    takes: 'none',
    inject: async (lab) => {
      await lab.change(
        'ingress-nginx',
        'service/ingress-nginx-controller',
        (service) => void (specOf(service)['externalTrafficPolicy'] = 'Local'),
      );
      return { service: 'ingress-nginx-controller' };
    },
    expected: atService,
  },
];
