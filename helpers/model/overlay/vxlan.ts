import type { Tunnel, TunnelFacts } from '../overlay.ts';

/** Below this, ports belong to services that everybody knows; no overlay uses one. */
const FIRST_PORT = 1024;
/** Where Linux begins to choose source ports (ip_local_port_range): a socket above may be anybody's for a moment. */
const EPHEMERAL = 32_768;

/** UDP ports that a node's kernel may hold for a tunnel: root's, open on every address. */
function heldPorts(sockets: NonNullable<TunnelFacts['sockets']>, everywhere: string): number[] {
  const held = sockets.filter(
    ({ address, port, uid }) => address === everywhere && (uid ?? 0) === 0 && port >= FIRST_PORT && port < EPHEMERAL,
  );
  return [...new Set(held.map(({ port }) => port))].toSorted((a, b) => a - b);
}

/**
 * The port of a node's VXLAN, by its UDP sockets (a kernel VXLAN device holds one that shows in /proc/net/udp): the
 * configured one where the API names it, else the only one of the usual that is open. Where that leaves a choice, the
 * ports to choose from.
 */
export function vxlanPort(
  sockets: TunnelFacts['sockets'],
  { configured, usual, ofIpv6 = false }: { configured?: number; usual: readonly number[]; ofIpv6?: boolean },
): Pick<Tunnel, 'port' | 'candidates' | 'source'> {
  if (!sockets)
    return configured === undefined
      ? { source: 'its UDP sockets could not be read' }
      : { port: configured, source: 'the configuration names it; its UDP sockets could not be read' };
  const held = heldPorts(sockets, ofIpv6 ? '::' : '0.0.0.0');
  if (configured !== undefined && held.includes(configured))
    return { port: configured, source: 'the configuration names it, and a UDP socket is open on it' };
  const known = usual.filter((port) => held.includes(port));
  const [only] = known;
  if (only !== undefined && known.length === 1)
    return { port: only, source: 'a UDP socket is open on it, and on no other port that VXLAN usually has' };
  if (known.length > 1)
    return { candidates: known, source: `UDP sockets are open on ${known.join(' and ')}, either may be its` };
  return held.length > 0
    ? { candidates: held, source: `of its UDP sockets (${held.join(', ')}) none is on a port that VXLAN usually has` }
    : { source: 'it has no UDP socket that a tunnel could hold' };
}
