import { formOfNode } from '../lib/places.ts';
import type { LabFault } from '../lib/types.ts';

const FILE = '/proc/sys/net/ipv6/conf/all/forwarding';
const PID_FILE = '/run/netwright/fault-ipv6-forward.pid';
const ENFORCE = `while :; do [ "$(cat ${FILE})" = 0 ] || echo 0 > ${FILE}; sleep 0.1; done`;

export const faults: LabFault[] = [
  {
    // The bridge plugin switches it on again with every pod that it makes.
    ...formOfNode({ code: 'ipv6-forward-off', title: 'net.ipv6.conf.all.forwarding is 0' }, async (lab, node) => {
      const script = `setsid sh -c '${ENFORCE}' > /dev/null 2>&1 < /dev/null & echo $! > ${PID_FILE}`;
      const undo = `kill "$(cat ${PID_FILE})"; rm -f ${PID_FILE}; echo 1 > ${FILE}`;
      await lab.onNode(node, ['bash', '-c', script], ['sh', '-c', undo]);
    }),
    families: ['dual'],
  },
];
