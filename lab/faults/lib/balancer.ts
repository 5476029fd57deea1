import { join } from 'node:path';
import { labPaths } from '../../paths.ts';
import { INGRESS_NODE_PORTS } from '../../workloads/ingress.ts';
import type { FaultContext } from './context.ts';

/** Says commands to the load balancer, one a connection, and prints what it answers. */
const SCRIPT = `
const { connect } = require('node:net');
const [path, ...commands] = process.argv.slice(1);
const say = (command) => new Promise((resolve, reject) => {
  let heard = '';
  const socket = connect(path, () => socket.write(command + '\\n'));
  socket.on('data', (chunk) => (heard += chunk)).on('end', () => resolve(heard)).on('error', reject);
});
(async () => {
  for (const command of commands) process.stdout.write(await say(command));
})();
`;

const saying = (lab: FaultContext, commands: string[]): string[] => [
  process.execPath,
  '-e',
  SCRIPT,
  join(labPaths(lab.status.name).edge, 'haproxy.sock'),
  ...commands,
];

/** Has the load balancer reach its targets by servers with these options, in place of those that it has. */
export async function balanceWith(lab: FaultContext, options: string): Promise<void> {
  const targets = lab.status.nodes.filter(({ role }) => role === 'agent');
  const servers = (['http', 'https'] as const).flatMap((backend) =>
    targets.map(({ name, address }) => ({
      usual: `${backend}/${name}`,
      other: `${backend}/other-${name}`,
      backend,
      address,
    })),
  );
  const undo = servers.flatMap(({ usual, other }) => [
    `set server ${usual} state ready`,
    `set server ${other} state maint`,
    `del server ${other}`,
  ]);
  await lab.onEdge(
    saying(
      lab,
      servers.flatMap(({ usual, other, backend, address }) => [
        `add server ${other} ${address}:${INGRESS_NODE_PORTS[backend]} ${options}`,
        `set server ${other} state ready`,
        `set server ${usual} state maint`,
      ]),
    ),
    undefined,
    { argv: saying(lab, undo) },
  );
}
