import { beforePort } from '../makes/families.ts';
import { apiEndpointOf } from '../makes/servers.ts';
import type { LabSettings } from '../makes/settings.ts';
import type { LabNode } from '../topology.ts';

/** Off after two failures, and who is connected to a server that is gone is told so: a watch would wait for ever. */
const CHECK = 'check inter 1s fall 2 rise 1 on-marked-down shutdown-sessions';

/**
 * What hands a node's own requests on to the servers that live, as the balancer in K3s does: a server asks itself, and
 * the others where its own API server is gone.
 */
export function apiBalancer(node: LabNode, servers: readonly LabNode[], settings: LabSettings): string {
  const isServer = servers.some(({ name }) => name === node.name);
  const targets = servers.map(
    ({ name, address }) =>
      `    server ${name} ${beforePort(address)}:6443 ${CHECK}${isServer && name !== node.name ? ' backup' : ''}`,
  );
  return `defaults
    mode tcp
    timeout connect 3s
    timeout client 1h
    timeout server 1h
listen api
    bind ${apiEndpointOf('', settings)}
    balance roundrobin
${targets.join('\n')}
`;
}
