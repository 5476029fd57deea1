import type { Listener } from '../../../model/facts/agent.ts';
import { reversedIpv4, reversedIpv6 } from './hex-address.ts';

/**
 * States of the kernel's include/net/tcp_states.h: a listening TCP socket, and what an unconnected UDP socket shows.
 */
const TCP_LISTEN = '0A';
const UDP_UNCONNECTED = '07';

/** /proc/net/{tcp,tcp6,udp,udp6}: the sockets that wait for anybody, the kernel's own (VXLAN's) among them. */
export function parseSockets(text: string, protocol: 'tcp' | 'udp'): Listener[] {
  const waiting = protocol === 'tcp' ? TCP_LISTEN : UDP_UNCONNECTED;
  return text.split('\n').flatMap((line): Listener[] => {
    const [slot, local, , state, , , , uid] = line.trim().split(/\s+/);
    if (!slot?.endsWith(':') || state !== waiting) return [];
    const [, hex, port] = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/i.exec(local ?? '') ?? [];
    if (hex === undefined || port === undefined) return [];
    return [
      {
        address: hex.length === 8 ? reversedIpv4(hex) : reversedIpv6(hex),
        port: Number.parseInt(port, 16),
        uid: Number(uid),
      },
    ];
  });
}
