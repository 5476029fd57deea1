import { atService, specOf } from '../lib/places.ts';
import type { LabFault } from '../lib/types.ts';

const code = 'external-traffic-policy-local';

export const faults: LabFault[] = [
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
