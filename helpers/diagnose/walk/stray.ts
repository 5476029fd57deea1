import { Choices } from './choices.ts';
import { lookUp } from './fib.ts';
import type { Country } from './journey.ts';
import type { NodeIndex } from './node-index.ts';
import type { Entry, Line, Packet, Path } from './packet.ts';
import { numberOf } from './address.ts';
import type { NodeRoute } from '../../model/routing.ts';

// Whether a packet was handed to somebody who is not on its way, by a line that somebody set by hand.

/** Who sets routes by what routers tell each other knows more than the nodes' own state does. */
const SET_BY_HAND = new Set([undefined, 'boot', 'static', 'kernel', 'dhcp', 'ra']);
/** Devices by which overlays carry packets to nodes, as they name them: where they lead is not in the routes. */
const OF_OVERLAYS =
  /^(flannel|vxlan|tunl|wireguard\.cali|wg-v6\.cali|cali|cilium|kube-|tun-|geneve|genev_|antrea|weave)/;

/** The device by which a node reaches an address, and so the one by which packets from there come in. */
export function deviceTo(index: NodeIndex, destination: string): string | undefined {
  const answer = lookUp(index, { destination, mark: 0, inputDevice: 'lo' }, new Choices([]));
  return answer.kind === 'route' ? answer.hop.device : undefined;
}

/** Another route of the node that leads to the owner of an address, and would be taken without this one. */
function leadsThere(country: Country, index: NodeIndex, path: Path, owner: string, taken: NodeRoute): boolean {
  const { destination, family } = path.end.packet;
  const number = numberOf(destination);
  if (number === undefined) return false;
  const tables = new Set((index.state.routes ?? []).map(({ table }) => table));
  return [...tables]
    .flatMap((table) => index.routes(family, table, number))
    .some(
      (route) =>
        route !== taken &&
        route.type === 'unicast' &&
        route.nextHops.some(({ gateway }) =>
          gateway === undefined
            ? route.protocol === 'kernel' && country.addressOf(owner) === destination
            : country.nodeOf(gateway) === owner,
        ),
    );
}

/** Kinds of devices behind which no pod of the node itself is. */
const TUNNELS = new Set(['vxlan', 'ipip', 'wireguard', 'tun']);

/** What is for a pod of the node itself, and leaves it by the way to other machines. */
function offItsNode(index: NodeIndex, end: Path['end'], line: Line): { line: Line; to: string } | undefined {
  if (end.kind !== 'left') return undefined;
  const { device, nextHop, packet } = end;
  const isByGateway = nextHop !== undefined && nextHop !== packet.destination;
  const isTunnel = TUNNELS.has(index.link(device)?.kind ?? '');
  return isByGateway || isTunnel ? { line, to: isByGateway ? nextHop : device } : undefined;
}

/** The route that led a packet elsewhere than to the node that it is for, though the node has one that leads there. */
export function strayRoute(country: Country, node: string, path: Path): { line: Line; to: string } | undefined {
  const { stages, end } = path;
  const line = stages.findLast(({ at, line: of }) => at === 'route' && of?.kind === 'route')?.line;
  const { route } = line ?? {};
  const { destination } = end.packet;
  const owner = country.nodeOf(destination);
  const index = country.index(node);
  if (!line || !route || !index || owner === undefined) return undefined;
  if (end.kind === 'delivered') {
    const isOthers = owner !== node || country.isPod(destination);
    return isOthers && route.type === 'local' ? { line, to: `${node} itself` } : undefined;
  }
  if (owner === node) return country.isPod(destination) ? offItsNode(index, end, line) : undefined;
  if (end.kind !== 'left' && end.kind !== 'no-neighbour') return undefined;
  const [hop] = route.nextHops;
  if (!hop || route.nextHops.length > 1 || !SET_BY_HAND.has(route.protocol)) return undefined;
  const { gateway, device = '' } = hop;
  const isRight =
    gateway === undefined
      ? OF_OVERLAYS.test(device) || (end.kind === 'left' && device === deviceTo(index, country.addressOf(owner) ?? ''))
      : country.nodeOf(gateway) === owner;
  if (isRight || !leadsThere(country, index, path, owner, route)) return undefined;
  return { line, to: gateway ?? device };
}

/** Whether a bridge has learnt of nobody with a hardware address at its ports, and of others. */
function isNobodysAt({ state }: NodeIndex, bridge: string, mac: string): boolean {
  const ports = (state.links ?? []).flatMap(({ name, master }) => (master === bridge ? [name] : []));
  const learnt = (state.forwards ?? []).filter((entry) => ports.includes(entry.device) && entry.state !== 'permanent');
  return learnt.length > 0 && learnt.every((entry) => entry.mac !== mac);
}

/** A neighbour's hardware address that was set by hand, and that nobody has to whom the packet goes. */
export function wrongNeighbour(country: Country, node: string, { end }: Path): Line | undefined {
  const index = country.index(node);
  if (end.kind !== 'left' || end.mac === undefined || end.nextHop === undefined || !index) return undefined;
  const { device, nextHop, mac } = end;
  const entry = index.state.neighbours?.find((each) => each.device === device && each.address === nextHop);
  if (entry?.mac !== mac || !entry.states.includes('PERMANENT')) return undefined;
  const line: Line = {
    kind: 'neighbour',
    where: 'ip neigh',
    text: `${nextHop} dev ${device} lladdr ${mac} PERMANENT`,
  };
  const owner = country.nodeOf(nextHop);
  if (owner === node && country.isPod(nextHop)) return isNobodysAt(index, device, mac) ? line : undefined;
  const other = owner === undefined || owner === node ? undefined : country.index(owner)?.state;
  const isItsOwn = other?.addresses?.some(({ address }) => address === nextHop) ?? false;
  return isItsOwn && other?.links?.every(({ address }) => address !== mac) ? line : undefined;
}

/**
 * Whether a node gives what came from another machine to a third one under the asker's own address, after it has given
 * it another destination: the answer then comes to the asker by another way, and from somebody whom he has not asked.
 */
export function isUnanswerable(
  country: Country,
  { node, entry, packet, on }: { node: string; entry: Entry; packet: Packet; on: 'way' | 'answer' },
  { stages, end, inner }: Path,
): boolean {
  if (on === 'answer' || entry.by !== 'device' || end.kind !== 'left') return false;
  const { source = '', destination } = inner[0] ?? end.packet;
  const owner = country.nodeOf(destination);
  const asker = country.nodeOf(source);
  return (
    source === packet.source &&
    asker !== node &&
    owner !== undefined &&
    owner !== node &&
    owner !== asker &&
    stages.some(({ at, what, line }) => at === 'translation' && line && what.startsWith('destination '))
  );
}
