import { setTimeout as sleep } from 'node:timers/promises';
import { renewCoredns } from '../lib/coredns.ts';
import { everywhere, type LabFault } from '../lib/types.ts';

const code = 'coredns-no-upstream';
/** New replicas have ended, and been started again, when so much time has passed. */
const SETTLE_MS = 3_000;
const FILE = '/etc/resolv.conf';

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: 'no node names a resolver, and CoreDNS ends at every start',
    takes: 'none',
    inject: async (lab) => {
      await renewCoredns(lab, async () => {
        for (const { name } of lab.status.nodes) {
          const before = await lab.onNode(name, ['cat', FILE]);
          await lab.onNode(
            name,
            ['sh', '-c', `: >${FILE}`],
            ['sh', '-c', `printf '%s\\n' "$0" >${FILE}`, before.trim()],
          );
        }
      });
      await sleep(SETTLE_MS);
    },
    expected: everywhere,
  },
];
