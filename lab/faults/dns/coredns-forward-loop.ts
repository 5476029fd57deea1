import { setTimeout as sleep } from 'node:timers/promises';
import { changeCorefile } from '../lib/coredns.ts';
import { everywhere, type LabFault } from '../lib/types.ts';

const code = 'coredns-forward-loop';
/** CoreDNS looks for loops when it has started, and ends when it sees its own question. */
const SETTLE_MS = 3_000;

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: 'CoreDNS forwards to itself and ends at every start',
    takes: 'none',
    inject: async (lab) => {
      await changeCorefile(lab, (corefile) => corefile.replace('forward . /etc/resolv.conf', 'forward . 127.0.0.1'));
      await sleep(SETTLE_MS);
    },
    expected: everywhere,
  },
];
