import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../kubectl.ts';
import { readState } from '../../state.ts';
import { podRange, unusedIn } from '../lib/places.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'udp-conntrack-stale-entry';
const CLIENT = 'keybuzz-resolver-client';
const PORT = '40053';
const REST_MS = 2_000;
const STAYS_TIMEOUT_MS = 60_000;
/** Asks for one name again and again from one socket, as a resolver does that keeps its source port. */
const script = (resolver: string): string =>
  `const socket = require('node:dgram').createSocket('udp4'); let answers = 0; const query = ` +
  `Buffer.from('00070100000100000000000006627573746572000001' + '0001', 'hex'); socket.on('message', () => { ` +
  `answers += 1; }); socket.bind(${PORT}, () => setInterval(() => { socket.send(query, 53, '${resolver}'); ` +
  `console.log('answers', answers); }, 500));`;

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: 'a client that keeps its source port is translated to a CoreDNS that is gone',
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      const { address } = lab.node(node);
      const { probeImage } = await readState(lab.status.name);
      const gone = unusedIn(await podRange(lab, node));
      const entry = ['-p', 'udp', '-s', address, '-d', lab.ranges.dns, '--sport', PORT, '--dport', '53'];
      const stale = [
        'conntrack',
        '-I',
        ...entry,
        '-r',
        gone,
        '-q',
        address,
        '--reply-port-src',
        '53',
        '--reply-port-dst',
        PORT,
        '-t',
        '600',
      ];
      await lab.inNetwork(node, stale, ['conntrack', '-D', ...entry]);
      await lab.create({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: CLIENT, namespace: 'default', labels: { app: CLIENT } },
        spec: {
          nodeName: node,
          hostNetwork: true,
          terminationGracePeriodSeconds: 0,
          tolerations: [{ operator: 'Exists' }],
          containers: [
            {
              name: 'client',
              image: probeImage,
              imagePullPolicy: 'IfNotPresent',
              command: ['/usr/bin/node', '-e', script(lab.ranges.dns)],
            },
          ],
        },
      });
      await lab.kubectl(['wait', '--for=condition=Ready', `pod/${CLIENT}`, '--timeout=60s']);
      // kube-proxy drops such entries when it writes rules, as it may still do for what was changed before.
      await eventually(async () => {
        await sleep(REST_MS);
        if ((await lab.inNetwork(node, ['conntrack', '-L', ...entry])).includes(`src=${gone} `)) return;
        await lab.inNetwork(node, ['conntrack', '-D', ...entry]).catch(() => '');
        await lab.inNetwork(node, stale);
        throw new Error('kube-proxy has removed the entry');
      }, STAYS_TIMEOUT_MS);
    },
    expected: atNode,
  },
];
