import type { FaultContext } from '../lib/context.ts';
import { formOfNode, formsOfNodes } from '../lib/places.ts';
import type { LabFault } from '../lib/types.ts';

const code = 'ip-forward-off';
const FILE = '/proc/sys/net/ipv4/ip_forward';
const PID_FILE = '/run/netwright/fault-ip-forward.pid';
const ENFORCE = `while :; do [ "$(cat ${FILE})" = 0 ] || echo 0 > ${FILE}; sleep 0.1; done`;

/** As a hardening agent enforces it: the bridge plugin switches forwarding on again with every pod that it makes. */
async function enforce(lab: FaultContext, node: string): Promise<void> {
  const script = `setsid sh -c '${ENFORCE}' > /dev/null 2>&1 < /dev/null & echo $! > ${PID_FILE}`;
  await lab.onNode(
    node,
    ['bash', '-c', script],
    ['sh', '-c', `kill "$(cat ${PID_FILE})"; rm -f ${PID_FILE}; echo 1 > ${FILE}`],
  );
}

export const faults: LabFault[] = [
  ...formsOfNodes({ code, title: 'net.ipv4.ip_forward is 0' }, enforce),
  formOfNode(
    { code, title: 'net.ipv4.ip_forward is 0 until a pod is made there' },
    (lab, node) => lab.sysctl(node, 'net.ipv4.ip_forward', '0'),
    'until-a-pod-',
  ),
  // The global setting stays 1 and looks right.
  formOfNode(
    { code, title: "forwarding is off for the tunnel's device alone" },
    (lab, node) => lab.sysctl(node, `net.ipv4.conf.${lab.tunnel.replace('.', '/')}.forwarding`, '0'),
    'tunnel-device-',
  ),
];
