import { NAMESPACE } from '../../workloads/keybuzz.ts';
import { atHost, specOf } from '../lib/places.ts';
import type { LabFault } from '../lib/types.ts';

const code = 'ingress-backend-missing';
const HOST = 'my.keybuzz.io';

type Backend = { name: string; port: { number: number } };

const form = (name: string, title: string, change: (backend: Backend) => void): LabFault => ({
  id: `${code}/${name}`,
  code,
  title,
  takes: 'none',
  inject: async (lab) => {
    await lab.change(NAMESPACE, `ingress/${HOST.replaceAll('.', '-')}`, (ingress) =>
      change(specOf(ingress)['rules'][0].http.paths[0].backend.service as Backend),
    );
    return { host: HOST };
  },
  expected: atHost,
});

export const faults: LabFault[] = [
  form('service', 'an Ingress names a Service that is not there', (backend) => void (backend.name = 'keybuzz-mine')),
  form(
    'port',
    'an Ingress names a port that its Service does not have',
    (backend) => void (backend.port.number = 8081),
  ),
];
