import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { SshTarget } from '../model/targets.ts';
import { configOf, readSshConfig } from './ssh-config.ts';

/** One machine on the way, and what is used to log in there. */
export interface Leg {
  host: string;
  port: number;
  user: string;
  privateKeyPath?: string;
  agent?: string;
  /** The first is where a key that is missing belongs. */
  knownHostsPaths: string[];
}

/** A way with so many hosts in it leads in a circle. */
const MOST_JUMPS = 8;
const SSH_PORT = 22;

/** `[user@]host[:port]`, or the same as a URI; an IPv6 address stands in brackets. */
function jumpOf(text: string): { user?: string; host: string; port?: number } {
  const [, user, bracketed, plain, port] =
    /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:/]+))(?::(\d+))?\/?$/.exec(text.trim()) ?? [];
  return {
    host: bracketed ?? plain ?? text,
    ...(user !== undefined && { user }),
    ...(port !== undefined && { port: Number(port) }),
  };
}

/**
 * The machines to log in to one after the other, the node last. What a variable of Netwright's says holds, as what
 * stands on ssh's command line does; the rest comes from OpenSSH's configuration, where there is one.
 */
export function wayTo(host: string, ssh: SshTarget, alias?: string): Leg[] {
  const { configPath, agent, jumps, assumed = [] } = ssh;
  const blocks = configPath === undefined ? [] : readSshConfig(configPath);
  const isSaid = (field: 'user' | 'port' | 'knownHostsPath') => !assumed.includes(field);

  const leg = (at: string, own: { user?: string; port?: number }, names: string[]): Leg & { proxyJump?: string[] } => {
    const said = configOf(blocks, names);
    const key = ssh.privateKeyPath ?? said.identityFiles.find((path) => existsSync(path));
    return {
      host: said.hostName ?? at,
      port: own.port ?? said.port ?? SSH_PORT,
      user: own.user ?? said.user ?? userInfo().username,
      ...(key !== undefined && { privateKeyPath: key }),
      ...(agent !== undefined && { agent }),
      knownHostsPaths: isSaid('knownHostsPath') ? [ssh.knownHostsPath] : (said.knownHostsFiles ?? [ssh.knownHostsPath]),
      ...(said.proxyJump && { proxyJump: said.proxyJump }),
    };
  };

  /** A host of the configuration, and before it the hosts by which that says it is reached. */
  const through = (texts: readonly string[], depth: number): Leg[] =>
    texts.flatMap((text, index) => {
      const { host: at, ...own } = jumpOf(text);
      const { proxyJump = [], ...jump } = leg(at, own, [at]);
      // As ssh does: only the first of a list is reached by what its own lines say.
      return [...(index === 0 && depth < MOST_JUMPS ? through(proxyJump, depth + 1) : []), jump];
    });

  const { proxyJump = [], ...last } = leg(
    host,
    { ...(isSaid('user') && { user: ssh.user }), ...(isSaid('port') && { port: ssh.port }) },
    alias === undefined ? [host] : [alias, host],
  );
  const named = jumps?.map(({ host: at, ...own }) => {
    const { proxyJump: _way, ...jump } = leg(at, own, [at]);
    return jump;
  });
  return [...(named ?? through(proxyJump, 0)), last];
}
