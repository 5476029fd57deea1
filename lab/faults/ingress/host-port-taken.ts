import { eventually } from '../../kubectl.ts';
import { readState } from '../../state.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'host-port-taken';
const STRAY = 'keybuzz-edge';
/** Takes both ports of the ingress as soon as they are free, and says who it is. */
const SCRIPT =
  `for (const port of [80, 443]) { const server = require('node:http').createServer((_, response) => ` +
  `response.end('another application\\n')); server.on('error', () => setTimeout(() => server.listen(port, ` +
  `'0.0.0.0'), 5)); server.on('listening', () => console.log('took', port)); server.listen(port, '0.0.0.0'); }`;

interface IngressPod {
  status: { containerStatuses?: { restartCount: number }[] };
}

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: "an application on the host network has taken the ingress controller's ports on a node",
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      const { probeImage } = await readState(lab.status.name);
      // Recorded first, undone last: the controller comes back by itself, a fresh pod sooner than one in back-off.
      await lab.onHealing({
        on: 'kubectl',
        argv: [
          '-n',
          'ingress-nginx',
          'delete',
          'pods',
          '--field-selector',
          `spec.nodeName=${node}`,
          '--grace-period=1',
        ],
      });
      await lab.create({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: STRAY, namespace: 'default', labels: { app: STRAY } },
        spec: {
          nodeName: node,
          hostNetwork: true,
          terminationGracePeriodSeconds: 0,
          tolerations: [{ operator: 'Exists' }],
          containers: [
            {
              name: 'app',
              image: probeImage,
              imagePullPolicy: 'IfNotPresent',
              command: ['/usr/bin/node', '-e', SCRIPT],
            },
          ],
        },
      });
      await lab.kubectl(['wait', '--for=condition=Ready', `pod/${STRAY}`, '--timeout=60s']);
      await lab.kubectl([
        '-n',
        'ingress-nginx',
        'delete',
        'pods',
        '--field-selector',
        `spec.nodeName=${node}`,
        '--grace-period=1',
      ]);
      // nginx tries for some seconds to have its ports before it gives up.
      await eventually(async () => {
        const { items } = await lab.get<{ items: IngressPod[] }>([
          '-n',
          'ingress-nginx',
          'pods',
          '--field-selector',
          `spec.nodeName=${node}`,
        ]);
        if (!items.some(({ status }) => (status.containerStatuses?.[0]?.restartCount ?? 0) > 0))
          throw new Error(`the ingress controller of ${node} has not failed`);
      }, 60_000);
    },
    expected: atNode,
  },
];
