import { readJumps } from '../items.ts';
import { port, textOf } from '../values.ts';
import { path, variable } from './variable.ts';

/** How the nodes are reached by SSH. */
export const SSH = {
  NETWRIGHT_SSH_USER: variable(
    textOf('a user name', (value) => (/^[\w.-]+$/.test(value) ? value : undefined)),
    {
      group: 'SSH',
      meaning: 'user on the nodes; without it and NETWRIGHT_SSH_CONFIG nothing is asked by SSH',
      default: 'not set',
      example: 'ops',
    },
  ),
  NETWRIGHT_SSH_PORT: variable(port(), {
    group: 'SSH',
    meaning: 'SSH port of the nodes',
    default: '22',
    example: '22',
  }),
  NETWRIGHT_SSH_KEY: variable(path(), {
    group: 'SSH',
    meaning: 'path of the private key',
    default: 'not set: the agent is asked',
    example: '~/.ssh/id_ed25519',
    secret: true,
  }),
  NETWRIGHT_SSH_AGENT: variable(path(), {
    group: 'SSH',
    meaning: "path of the SSH agent's socket",
    default: 'SSH_AUTH_SOCK',
    example: '/run/user/1000/ssh-agent.sock',
  }),
  NETWRIGHT_SSH_KNOWN_HOSTS: variable(path(), {
    group: 'SSH',
    meaning: "file with the nodes' host keys; a host that is not in it is refused",
    default: '~/.ssh/known_hosts',
    example: './known_hosts',
  }),
  NETWRIGHT_SSH_CONFIG: variable(path(), {
    group: 'SSH',
    meaning: "OpenSSH's configuration, which says of each node and jump host what no variable does; `none`: not read",
    default: '~/.ssh/config, where it is there',
    example: '~/.ssh/config',
  }),
  NETWRIGHT_SSH_JUMP: variable(textOf('user@host[:port], several separated by commas', readJumps), {
    group: 'SSH',
    meaning: "host by which the nodes are reached; several, the nearest first, as OpenSSH's ProxyJump",
    default: 'not set',
    example: 'ops@bastion.example.com:22',
  }),
};
