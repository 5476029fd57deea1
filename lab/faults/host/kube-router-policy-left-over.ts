import { atService } from '../lib/places.ts';
import { denyApp } from '../lib/pod-firewall.ts';
import type { LabFault } from '../lib/types.ts';

const code = 'kube-router-policy-left-over';

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: 'rules of a switched-off policy controller deny pods that no NetworkPolicy selects',
    takes: 'none',
    inject: async (lab) => {
      for (const { name, role } of lab.status.nodes) {
        if (role !== 'server') continue;
        await lab.change('default', `node/${name}`, ({ metadata }) => {
          const annotations = (metadata.annotations ??= {});
          annotations['k3s.io/node-args'] = JSON.stringify([
            ...(JSON.parse(annotations['k3s.io/node-args'] ?? '[]') as string[]),
            '--disable-network-policy',
          ]);
        });
      }
      await denyApp(lab, 'keybuzz-my-ui', { left: true });
      return { service: 'keybuzz-my-ui' };
    },
    expected: atService,
  },
];
