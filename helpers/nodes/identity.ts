import { readFile } from 'node:fs/promises';
import ssh2 from 'ssh2';
import { ExitCode, NetwrightError, type ExitCodeValue } from '../errors.ts';
import type { SshTarget } from '../model/targets.ts';
import { parseKnownHosts, type KnownHosts } from './known-hosts.ts';

export interface IdentityOptions {
  privateKeyPath?: string;
  /** Path of the agent's socket. */
  agent?: string;
}

/** Who we are to a node: a private key, an agent's socket, or both (the key is tried first). */
export interface Identity {
  privateKey?: Buffer;
  agent?: string;
  /** Both, as a person would call them. */
  description: string;
}

const reasonOf = (error: unknown) =>
  error instanceof Error ? error.message.replace(/^E[A-Z]+: |, open '.*'$/g, '') : String(error);

async function readKey(path: string, agent: string | undefined, exitCode: ExitCodeValue): Promise<Buffer | undefined> {
  const unreadable = (why: string, cause?: unknown) =>
    new NetwrightError(`the SSH key ${path} cannot be used: ${why}`, {
      code: 'ssh-key-unreadable',
      hint: 'NETWRIGHT_SSH_KEY is the path of a private key file that this user may read',
      cause,
      exitCode,
    });
  const content = await readFile(path).catch((error: unknown) => {
    throw unreadable(reasonOf(error), error);
  });
  const parsed = ssh2.utils.parseKey(content);
  if (!(parsed instanceof Error)) {
    if (!parsed.isPrivateKey()) throw unreadable('it is a public key');
    return content;
  }
  if (!/passphrase/i.test(parsed.message))
    throw unreadable(
      parsed.message === 'Unsupported key format' ? 'it is not a private key of a format known here' : parsed.message,
    );
  // The agent may well hold the very key that the file keeps locked.
  if (agent !== undefined) return undefined;
  throw new NetwrightError(`the SSH key ${path} is protected by a passphrase`, {
    code: 'ssh-key-passphrase',
    hint: `give it to an agent, which Netwright finds by SSH_AUTH_SOCK: eval "$(ssh-agent)" && ssh-add ${path}`,
    exitCode,
  });
}

/** Reads the key. Throws a NetwrightError `ssh-key-unreadable`, `ssh-key-passphrase` or `ssh-no-identity`. */
export async function loadIdentity(
  { privateKeyPath, agent }: IdentityOptions,
  exitCode: ExitCodeValue = ExitCode.inconclusive,
): Promise<Identity> {
  if (privateKeyPath === undefined && agent === undefined) {
    throw new NetwrightError('SSH has neither a key nor an agent to log in with', {
      code: 'ssh-no-identity',
      hint: 'set NETWRIGHT_SSH_KEY, or start an agent so that SSH_AUTH_SOCK is set',
      exitCode,
    });
  }
  const privateKey = privateKeyPath === undefined ? undefined : await readKey(privateKeyPath, agent, exitCode);
  const locked =
    privateKeyPath !== undefined && !privateKey
      ? ` (the key ${privateKeyPath} is protected by a passphrase and was not used)`
      : '';
  const names = [
    ...(privateKey ? [`the key ${privateKeyPath}`] : []),
    ...(agent === undefined ? [] : [`the agent at ${agent}${locked}`]),
  ];
  return { ...(privateKey && { privateKey }), ...(agent !== undefined && { agent }), description: names.join(' and ') };
}

/** Reads and parses known_hosts files. Throws a NetwrightError `ssh-known-hosts-unreadable`. */
export async function loadKnownHosts(
  paths: readonly string[],
  exitCode: ExitCodeValue = ExitCode.inconclusive,
): Promise<KnownHosts> {
  const files = await Promise.all(
    paths.map(async (path) => {
      const text = await readFile(path, 'utf8').catch((cause: unknown) => {
        // As ssh does: of several files one may be missing.
        if (paths.length > 1) return '';
        throw new NetwrightError(`the known_hosts file ${path} cannot be read: ${reasonOf(cause)}`, {
          code: 'ssh-known-hosts-unreadable',
          hint:
            'NETWRIGHT_SSH_KNOWN_HOSTS is the file with the host keys of the nodes; ssh-keyscan -H NODE prints the ' +
            'line of one',
          cause,
          exitCode,
        });
      });
      return parseKnownHosts(text);
    }),
  );
  return { entries: files.flatMap(({ entries }) => entries), malformed: files.flatMap(({ malformed }) => malformed) };
}

/**
 * Looks at the files of an SSH configuration before anything is started: the same errors as connecting, as wrong use
 * (exit code 2). What OpenSSH's configuration may name for each host is looked at when it is connected to.
 */
export async function checkSshFiles(ssh: Omit<SshTarget, 'user' | 'port'>): Promise<void> {
  const isFromConfig = ssh.configPath !== undefined;
  if (!isFromConfig || ssh.privateKeyPath !== undefined) await loadIdentity(ssh, ExitCode.usage);
  if (!isFromConfig || !ssh.assumed?.includes('knownHostsPath'))
    await loadKnownHosts([ssh.knownHostsPath], ExitCode.usage);
}
