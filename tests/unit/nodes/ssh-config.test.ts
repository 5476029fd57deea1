import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { configOf, readSshConfig } from '../../../helpers/nodes/ssh-config.ts';
import { wayTo } from '../../../helpers/nodes/ways.ts';
import { LogIn } from './log-in.ts';
import { hostLine as at, installed, makeKey, missingSshd, SshBench, user, type TestSshd } from './sshd.ts';

const bench = new SshBench();
afterAll(() => bench[Symbol.asyncDispose]());

const CONFIG = `# first match wins
Host k3s-worker-02 !k3s-*  never
  Port 1
Host k3s-*
  HostName %h.example.com
  User ops
  IdentityFile ~/.ssh/first
  IdentityFile "~/.ssh/second key"
Include ${bench.path('included.d')}/*.conf
Match host k3s-master-01,10.0.0.100
  ProxyJump bastion,admin@inner:2222
Match exec false
  Port 3
Host = 10.0.*
  Port=2022
  ProxyJump none
Host *
  Port 22022
  UserKnownHostsFile ~/.ssh/known_hosts ~/.ssh/known_hosts2
  StrictHostKeyChecking no
`;

describe("OpenSSH's configuration", () => {
  beforeAll(() => {
    bench.write('config', CONFIG);
    mkdirSync(bench.path('included.d'));
    bench.write('included.d/a.conf', 'Host k3s-worker-*\n  Port 2200\nHost other\n  User someone\n');
  });

  /** What ssh itself makes of the file. */
  function asSsh(host: string): Record<string, string[]> {
    const lines = execFileSync('ssh', ['-G', '-F', bench.path('config'), host], { encoding: 'utf8' }).split('\n');
    const pairs = lines.map((line) => [line.split(' ')[0] ?? '', line.slice(line.indexOf(' ') + 1)] as const);
    return Object.fromEntries(
      [...Map.groupBy(pairs, ([key]) => key)].map(([key, values]) => [key, values.map(([, value]) => value)]),
    );
  }

  it.skipIf(!installed('ssh')).each(['k3s-worker-02', 'k3s-worker-01', '10.0.0.7', 'other', 'elsewhere.example.org'])(
    'says of %s what ssh -G says',
    (host) => {
      const ours = configOf(readSshConfig(bench.path('config')), [host]);
      const theirs = asSsh(host);
      const home = (path: string) => path.replace(/^~/, process.env['HOME'] ?? '');
      expect({
        hostname: ours.hostName ?? host,
        port: String(ours.port),
        user: ours.user ?? user,
        files: ours.knownHostsFiles,
      }).toEqual({
        hostname: theirs['hostname']?.[0],
        port: theirs['port']?.[0],
        user: theirs['user']?.[0],
        files: theirs['userknownhostsfile']?.[0]?.split(' ').map(home),
      });
      // Where none is named, ssh has a list of its own.
      expect(theirs['identityfile']?.map(home)).toEqual(expect.arrayContaining(ours.identityFiles));
      expect(ours.proxyJump).toEqual(theirs['proxyjump']?.[0]?.split(','));
    },
  );

  it('is asked for a node by its name and its address, and variables win over it', () => {
    const base = { user: 'root', port: 22, knownHostsPath: '/k', configPath: bench.path('config') };
    const of = (assumed: ('user' | 'port' | 'knownHostsPath')[]) =>
      wayTo('10.0.0.100', { ...base, assumed }, 'k3s-master-01').map(({ host, port, user: who }) => [who, host, port]);
    expect(of(['user', 'port', 'knownHostsPath'])).toEqual([
      [user, 'bastion', 22022],
      ['admin', 'inner', 2222],
      ['ops', 'k3s-master-01.example.com', 2022],
    ]);
    expect(of([]).at(-1)).toEqual(['root', 'k3s-master-01.example.com', 22]);
  });

  it('runs no command, and leads in no circle', () => {
    const ran = bench.path('ran');
    bench.write('command', `Match exec "touch ${ran}"\n Port 3\nHost *\n ProxyCommand touch ${ran}\n`);
    expect(configOf(readSshConfig(bench.path('command')), ['a']).port).toBeUndefined();
    expect(existsSync(ran)).toBe(false);
    bench.write('circle', 'Host a\n ProxyJump b\nHost b\n ProxyJump a\n');
    const way = wayTo('a', { user: 'root', port: 22, knownHostsPath: '/k', configPath: bench.path('circle') });
    expect(way.length).toBeLessThan(12);
  });
});

describe.skipIf(missingSshd)("a node that OpenSSH's configuration tells of", () => {
  let server: TestSshd;
  let jump: TestSshd;
  let logIn: LogIn;
  let keyPath: string;
  beforeAll(async () => {
    keyPath = bench.path('from-config');
    const authorized = [makeKey(keyPath, 'ed25519')];
    [server, jump] = await Promise.all([bench.sshd({ authorized }), bench.sshd({ authorized })]);
    logIn = new LogIn(bench, server);
  });

  const config = (known: string, more = '') =>
    bench.write(
      'node-config',
      `${more}Host worker
  HostName 127.0.0.1
  Port ${server.port}
  ProxyJump bastion
Host bastion
  HostName 127.0.0.1
  Port ${jump.port}
Host *
  User ${user}
  IdentityFile ${keyPath}
  UserKnownHostsFile ${known}
`,
    );
  const both = () => logIn.knownHosts(at(server, server.hostKeys['ed25519']), at(jump, jump.hostKeys['ed25519']));
  const assumed = ['user', 'port', 'knownHostsPath'] as ('user' | 'port' | 'knownHostsPath')[];
  const by = (configPath: string) => ({
    host: 'no-such-host.invalid',
    name: 'worker',
    privateKeyPath: undefined,
    configPath,
    assumed,
  });

  test('is logged in to by its lines for name, port, user, key, known hosts and jump host', async () => {
    expect(await logIn.whoAmI(by(config(both())))).toBe(user);
  });

  test('is refused where its key is not known, whatever StrictHostKeyChecking says', async () => {
    const weak = 'StrictHostKeyChecking no\nCheckHostIP no\n';
    const onlyJump = logIn.knownHosts(at(jump, jump.hostKeys['ed25519']));
    expect((await logIn.refusal(by(config(onlyJump, weak)))).code).toBe('ssh-host-key-unknown');
    expect((await logIn.refusal(by(config('/dev/null', weak)))).code).toBe('ssh-jump-host-key-unknown');
    const other = logIn.knownHosts(at(server, jump.hostKeys['ed25519']), at(jump, jump.hostKeys['ed25519']));
    expect((await logIn.refusal(by(config(other, weak)))).code).toBe('ssh-host-key-changed');
  });

  test('is not let in by an authority that known_hosts names, and the refusal says so', async () => {
    const authority = logIn.knownHosts(
      at(jump, jump.hostKeys['ed25519']),
      at(server, jump.hostKeys['ed25519'], '@cert-authority '),
    );
    const refused = await logIn.refusal(by(config(authority)));
    expect(refused.code).toBe('ssh-host-key-unknown');
    expect(refused.message).toContain('A certificate authority vouches for the host there');
  });
});
