import type { CatalogueEntry, Match } from '../../entry.ts';
import { podsBridge } from '../../evidence/pods-bridge.ts';
import type { View } from '../../view/view.ts';
import { networkFailures, overlayFailuresAt, placeOf, podToHostFailures, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { proved } from '../../match.ts';

/** Devices of a node that do not forward where the setting of them all is on. */
const devicesOff = (view: View, node: string): string[] =>
  [podsBridge(view), view.overlay.on(node).device].flatMap((device) =>
    device !== undefined && view.host(node).sysctls?.value[`net.ipv4.conf.${device}.forwarding`] === 0 ? [device] : [],
  );

/** The settings of a node that must be 1, as sysctl takes them: it takes a dot in a device's name as a slash. */
function settingsOff(view: View, node: string | undefined): string[] {
  const sysctls = node === undefined ? undefined : view.host(node).sysctls;
  const isGlobal = Number(sysctls?.value['net.ipv4.ip_forward'] ?? 0) === 0;
  const devices = node === undefined || isGlobal ? [] : devicesOff(view, node);
  return devices.length > 0
    ? devices.map((device) => `net.ipv4.conf.${device.replaceAll('.', '/')}.forwarding`)
    : ['net.ipv4.ip_forward'];
}

/** Nodes that do not forward while the run looks. */
const offNow = (view: View): Match[] =>
  view.nodes.flatMap((node): Match[] => {
    const { sysctls, rise } = view.host(node);
    const global = sysctls?.value['net.ipv4.ip_forward'];
    const off = devicesOff(view, node);
    if (!sysctls || (Number(global ?? 1) !== 0 && off.length === 0)) return [];
    const failed = [...networkFailures(overlayFailuresAt(view, node).failed), ...podToHostFailures(view, node)];
    const services = view.failing.filter((probe) => probe.source.node === node && probe.source.network === 'pod');
    if (failed.length === 0 && services.length === 0) return [];
    const what = Number(global ?? 1) === 0 ? 'net.ipv4.ip_forward is 0' : `forwarding is off for ${off.join(' and ')}`;
    const errors = rise('snmp', 'Ip', 'InAddrErrors');
    return [
      proved({
        at: { node },
        evidence: [
          say(`${what} on ${node}`, sysctls.id),
          errors && errors.value > 0 && say(`its IpInAddrErrors rose by ${errors.value}`, errors.id),
        ],
        impact: [
          { kind: 'overlay-node', node },
          { kind: 'pods', node, only: 'forwarded' },
        ],
        basis: failed,
      }),
    ];
  });

/** Nodes that did not forward until the run made its pods: what their own pods lost before, nobody sees any more. */
const offBefore = (view: View): Match[] =>
  view.nodes.flatMap((node): Match[] => {
    const before = view.facts.one('ssh/forwarding-before', node);
    const now = view.host(node).sysctls;
    if (before?.value !== false || !now || Number(now.value['net.ipv4.ip_forward'] ?? 0) === 0) return [];
    return [
      proved({
        at: { node },
        evidence: [
          say(
            `net.ipv4.ip_forward was 0 on ${node} when the run began; the network plugin has switched it on with ` +
              `the probe's pod, as it does with every new pod`,
            before.id,
            now.id,
          ),
        ],
        impact: [],
        basis: [],
      }),
    ];
  });

/** A node does not forward: its pods lose all that leaves the node. */
export const ipForwardOff: CatalogueEntry = {
  code: 'ip-forward-off',
  title: (locations) => `the node does not forward packets: ${placeOf(locations)}`,
  layer: 'host',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) => [...offNow(view), ...offBefore(view)],
  remedy: (view, locations) => {
    const settings = [...new Set(locations.flatMap(({ node }) => settingsOff(view, node)))];
    return [
      {
        text:
          `sysctl -w ${settings.map((name) => `${name}=1`).join(' ')}, keep it in /etc/sysctl.d, and find what ` +
          'resets it (a network restart, a hardening script).',
      },
    ];
  },
  shows: '1 behind each name',
  verify: ({ node }, view) => `ssh ${node} sysctl ${settingsOff(view, node).join(' ')}`,
  parts: ({ node }) => `ssh ${node} sysctl -a --pattern forward`,
};
