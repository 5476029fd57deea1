import { addByIp, formsOf, nearer } from '../lib/peers-pods.ts';
import { pods } from '../lib/places.ts';
import type { LabFault } from '../lib/types.ts';

const form = formsOf('packet-routed-away');
/** Nobody has it, within the nodes' network. */
const NOBODY = '10.0.0.250';
/** As Tailscale names its own. */
const VPN = { device: 'tailscale0', table: '52', priority: '5270' };

export const faults: LabFault[] = [
  form(
    'other-gateway',
    'a nearer route of one node hands what is for pods of another to a machine that does not know them',
    (lab, node, range) => addByIp(lab, node, 'route', nearer(range), 'via', lab.status.edge.loadBalancer),
    /table main: \S+ via \S+ dev/,
  ),
  form(
    'dead-gateway',
    'a nearer route of one node hands what is for pods of another to an address that nobody has',
    (lab, node, range) => addByIp(lab, node, 'route', nearer(range), 'via', NOBODY, 'dev', lab.uplink.name),
    /table main: \S+ via 10\.0\.0\.250 dev/,
  ),
  form(
    'other-device',
    'a nearer route of one node leads what is for pods of another to its own bridge',
    (lab, node, range) => addByIp(lab, node, 'route', nearer(range), 'dev', 'cni0'),
    /table main: \S+ dev cni0/,
  ),
  form(
    'vpn',
    "a VPN's table of one node leads what is for pods of another into the VPN",
    async (lab, node, range) => {
      const { device, table, priority } = VPN;
      await lab.onNode(node, ['ip', 'tuntap', 'add', device, 'mode', 'tun'], ['ip', 'link', 'del', device]);
      await lab.onNode(node, ['ip', 'link', 'set', device, 'up']);
      await addByIp(lab, node, 'route', range, 'dev', device, 'table', table);
      await addByIp(lab, node, 'rule', 'pref', priority, 'lookup', table);
    },
    /table 52: \S+ dev tailscale0/,
  ),
  form(
    'own-address',
    'one node has the address of a pod of another as its own',
    async (lab, node) => {
      const peer = lab.peersOf(node).at(-1)?.name;
      const pod = (await pods(lab, ['-n', 'keybuzz'])).find(({ spec }) => spec.nodeName === peer);
      await addByIp(lab, node, 'addr', `${pod?.status.podIP}/32`, 'dev', 'lo');
    },
    /table local: local \S+ dev lo/,
  ),
];
