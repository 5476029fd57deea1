import { spawn, spawnSync, execFileSync, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheRoot, debianLibraries } from '../../../lab/paths.ts';

const SYSTEM = '/usr/sbin/sshd';
/** What the lab's set-up unpacks for its nodes, where the system has none. */
const UNPACKED = join(cacheRoot(), 'debian-root');
const SSHD = existsSync(SYSTEM) ? SYSTEM : join(UNPACKED, 'usr/sbin/sshd');

/**
 * The unpacked one needs a user and a folder that a package would have made: it has them in a mount namespace of its
 * own.
 */
const IN_OWN_MOUNTS = `mkdir -p /run/sshd && cp /etc/passwd "$0/passwd"
grep -q '^sshd:' "$0/passwd" || echo 'sshd:x:100:65534::/run/sshd:/usr/sbin/nologin' >> "$0/passwd"
mount --bind "$0/passwd" /etc/passwd && exec env LD_LIBRARY_PATH=${debianLibraries(UNPACKED)} "$@"`;

const sshdCommand = (folder: string, ...argv: string[]): [string, string[]] =>
  SSHD === SYSTEM ? [SSHD, argv] : ['unshare', ['--mount', 'sh', '-c', IN_OWN_MOUNTS, folder, SSHD, ...argv]];

/** Why these tests cannot run on this machine; undefined when they can. */
export const missingSshd =
  existsSync(SSHD) && spawnSync('ssh-keygen', ['-?']).error === undefined
    ? undefined
    : 'sshd and ssh-keygen are not installed';

export const user = userInfo().username;

/** The port that a server listens on. */
export function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  return address.port;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export const installed = (program: string) =>
  spawnSync('sh', ['-c', `PATH=$PATH:/usr/sbin:/sbin command -v ${program}`]).status === 0;

export function makeKey(path: string, type: 'ed25519' | 'ecdsa' | 'rsa', passphrase = ''): string {
  execFileSync('ssh-keygen', [
    '-q',
    '-t',
    type,
    ...(type === 'rsa' ? ['-b', '2048'] : []),
    '-N',
    passphrase,
    '-C',
    'test',
    '-f',
    path,
  ]);
  return publicKey(path);
}

/** Type and key, without the comment. */
export const publicKey = (path: string) => readFileSync(`${path}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');

export const rawKey = (line: string) => Buffer.from(line.split(' ')[1] ?? '', 'base64');

/** A line of known_hosts. */
export const hostLine = ({ port }: { port: number }, key: string | undefined, marker = '') =>
  `${marker}[127.0.0.1]:${port} ${key}`;

export interface TestSshd {
  port: number;
  /** Public host keys by type. */
  hostKeys: Record<string, string>;
  pid: number;
  stop(): Promise<void>;
}

export class SshBench implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'netwright-ssh-'));
  readonly keyPath = join(this.folder, 'id');
  readonly #children: ChildProcess[] = [];
  readonly #killAll = () => {
    for (const child of this.#children) child.kill();
  };

  constructor() {
    makeKey(this.keyPath, 'ed25519');
    // A run that is cut short leaves no servers behind.
    process.once('exit', this.#killAll);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  /** An OpenSSH server on 127.0.0.1 that lets our key in. */
  async sshd(
    options: { types?: ('ed25519' | 'ecdsa' | 'rsa')[]; config?: string[]; authorized?: string[] } = {},
  ): Promise<TestSshd> {
    const port = await freePort();
    const folder = mkdtempSync(join(this.folder, 'sshd-'));
    const types = options.types ?? ['ed25519'];
    const hostKeys = Object.fromEntries(types.map((type) => [type, makeKey(join(folder, type), type)]));
    writeFileSync(
      join(folder, 'authorized_keys'),
      `${[publicKey(this.keyPath), ...(options.authorized ?? [])].join('\n')}\n`,
    );
    chmodSync(join(folder, 'authorized_keys'), 0o600);
    // Where this sshd drops its privileges to; Debian makes it at boot.
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    const config = [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      ...types.map((type) => `HostKey ${join(folder, type)}`),
      `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      `PidFile ${join(folder, 'pid')}`,
      ...(options.config ?? []),
    ];
    writeFileSync(join(folder, 'config'), `${config.join('\n')}\n`);
    const child = spawn(...sshdCommand(folder, '-D', '-e', '-f', join(folder, 'config')), { stdio: 'ignore' });
    this.#children.push(child);
    await untilListening(port);
    return { port, hostKeys, pid: child.pid ?? 0, stop: () => stop(child) };
  }

  /** An ssh-agent that holds the keys of these paths. */
  async agent(...keyPaths: string[]): Promise<string> {
    const socket = this.path(`agent-${this.#children.length}`);
    const child = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    this.#children.push(child);
    while (!existsSync(socket)) await sleep(10);
    for (const path of keyPaths)
      execFileSync('ssh-add', ['-q', path], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    return socket;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#killAll);
    await Promise.all(this.#children.map(stop));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  await ended;
}

async function untilListening(port: number): Promise<void> {
  const open = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
  while (!(await open())) await sleep(20);
}
