import { NAMESPACE } from '../../workloads/keybuzz.ts';
import { atHost, specOf } from '../lib/places.ts';
import type { LabFault } from '../lib/types.ts';

const code = 'ingress-not-routed';
const HOST = 'my.keybuzz.io';
const OBJECT = `ingress/${HOST.replaceAll('.', '-')}`;

const form = (name: string, title: string, change: (spec: Record<string, any>) => void): LabFault => ({
  id: `${code}/${name}`,
  code,
  title,
  takes: 'none',
  inject: async (lab) => {
    await lab.change(NAMESPACE, OBJECT, (ingress) => change(specOf(ingress)));
    return { host: HOST };
  },
  expected: atHost,
});

export const faults: LabFault[] = [
  form(
    'class',
    'an Ingress names a class that no controller serves',
    (spec) => void (spec['ingressClassName'] = 'public'),
  ),
  form('host', 'an Ingress has a rule for another host', (spec) => void (spec['rules'][0].host = 'www.keybuzz.io')),
  form(
    'secret',
    "an Ingress names a Secret that does not exist, and the controller's own certificate is shown",
    (spec) => void (spec['tls'][0].secretName = 'keybuzz-tls-2'),
  ),
];
