import { calicoObject, WITH_FELIX } from '../lib/calico-objects.ts';
import { atService } from '../lib/places.ts';
import { denyApp, untilDenied } from '../lib/pod-firewall.ts';
import type { LabFault } from '../lib/types.ts';

const code = 'network-policy-denies';

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: 'a NetworkPolicy lets nobody in to the pods of a Service',
    takes: 'none',
    inject: async (lab) => {
      await denyApp(lab, 'keybuzz-ui');
      return { service: 'keybuzz-ui' };
    },
    expected: atService,
  },
  {
    id: `${code}/global`,
    code,
    title: 'a GlobalNetworkPolicy of Calico lets nobody in to the pods of a Service, and no other policy opens them',
    takes: 'none',
    networks: WITH_FELIX,
    inject: async (lab) => {
      const spec = { selector: "app == 'keybuzz-ui'", types: ['Ingress'] };
      await lab.create(calicoObject('GlobalNetworkPolicy', 'default-deny', spec));
      await untilDenied(lab, 'keybuzz-ui');
      return { service: 'keybuzz-ui' };
    },
    expected: atService,
  },
];
