import type { View } from '../view/view.ts';
import { deviceTo } from '../walk/stray.ts';

/** Of net.ipv4.conf.*.arp_ignore: no answer for any address (Documentation/networking/ip-sysctl.rst). */
const IGNORES_ALL = 8;

const isStopped = (kind: string | undefined): boolean => kind === 'drop' || kind === 'reject';

/**
 * Why a node says to nobody on the link that an address is his, by its own state: each line that keeps it from
 * answering ARP at the device that leads to another node. Empty where nothing does, or was not read.
 */
export function deafOnLink(view: View, node: string, other: string): { text: string; ids: string[] }[] {
  const state = view.nodeState(node);
  const address = view.cluster.nodes.get(other)?.value.internalIp;
  const device = state && address !== undefined ? deviceTo(state.index, address) : undefined;
  if (!state || device === undefined) return [];
  const { index, cited } = state;
  const settings = ['all', device].flatMap((of) =>
    index.deviceSysctl(of, 'arp_ignore') === IGNORES_ALL
      ? [`sysctl: net.ipv4.conf.${of}.arp_ignore = ${IGNORES_ALL}`]
      : [],
  );
  const flags = index.link(device)?.flags.includes('NOARP') ? [`ip link: ${device} is NOARP`] : [];
  const rules = index
    .chains()
    .filter(({ chain }) => chain.family === 'arp')
    .flatMap(({ chain, rules: own }) => [
      ...own
        .filter(({ verdict, counter }) => isStopped(verdict?.kind) && counter?.packets !== 0)
        .map(({ text, counter }) => {
          const counted = counter ? ` (${counter.packets} packets)` : '';
          return `nft arp ${chain.table}/${chain.name}: ${text}${counted}`;
        }),
      ...(chain.policy === 'drop' ? [`nft arp ${chain.table}/${chain.name}: policy drop`] : []),
    ]);
  return [...settings, ...flags, ...rules].map((line) => ({
    text: `${node} answers no ARP for its address: ${line}`,
    ids: cited,
  }));
}
