import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ExitCode, type NetwrightError } from '../../../helpers/errors.ts';
import { tryConnectNode, type ConnectOptions } from '../../../helpers/nodes/connection.ts';
import { checkSshFiles } from '../../../helpers/nodes/identity.ts';
import { fingerprint } from '../../../helpers/nodes/known-hosts.ts';
import { LogIn } from './log-in.ts';
import {
  freePort,
  hostLine as at,
  makeKey,
  missingSshd,
  publicKey,
  rawKey,
  SshBench,
  user,
  type TestSshd,
} from './sshd.ts';

describe.skipIf(missingSshd)('against an OpenSSH server', () => {
  let bench: SshBench;
  let server: TestSshd;
  let logIn: LogIn;
  beforeAll(async () => {
    bench = new SshBench();
    server = await bench.sshd({ types: ['ed25519', 'ecdsa', 'rsa'] });
    logIn = new LogIn(bench, server);
  });
  afterAll(async () => bench[Symbol.asyncDispose]());

  const knownHosts = (...lines: string[]) => logIn.knownHosts(...lines);
  const said = (error: NetwrightError) => logIn.said(error);
  const refusal = (more: Partial<ConnectOptions> = {}) => logIn.refusal(more);
  const whoAmI = (more: Partial<ConnectOptions> = {}) => logIn.whoAmI(more);

  describe('logging in', () => {
    test('a key in a file lets us in', async () => {
      expect(await whoAmI()).toBe(user);
    });

    test('forty nodes at once are no more than an sshd takes before they are logged in (MaxStartups)', async () => {
      const strict = await bench.sshd({ config: ['MaxStartups 10'] });
      const known = knownHosts(at(strict, strict.hostKeys['ed25519']));
      const options = { ...logIn.options(), port: strict.port, knownHostsPath: known };
      const tried = await Promise.all(Array.from({ length: 40 }, () => tryConnectNode(options)));
      const refused = tried.flatMap((each) => ('unavailable' in each ? [each.unavailable.message] : []));
      for (const each of tried) if ('connection' in each) each.connection.close();
      expect(refused).toEqual([]);
    });

    test('a key that only the agent holds lets us in', async () => {
      expect(await whoAmI({ privateKeyPath: undefined, agent: await bench.agent(bench.keyPath) })).toBe(user);
    });

    test('a key behind a passphrase is no hindrance when the agent holds it', async () => {
      const locked = bench.path('locked-too');
      execFileSync('cp', [bench.keyPath, locked]);
      execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'words', '-f', locked]);
      expect(await whoAmI({ privateKeyPath: locked, agent: await bench.agent(bench.keyPath) })).toBe(user);
    });

    test('a key behind a passphrase without an agent is told from a wrong one', async () => {
      const locked = bench.path('locked');
      makeKey(locked, 'ed25519', 'words');
      expect(said(await refusal({ privateKeyPath: locked }))).toMatchInlineSnapshot(`
        "ssh-key-passphrase (3)
        the SSH key DIR/locked is protected by a passphrase
        give it to an agent, which Netwright finds by SSH_AUTH_SOCK: eval "$(ssh-agent)" && ssh-add DIR/locked"
      `);
    });

    test('a key that the server does not take is an authentication failure', async () => {
      const stranger = bench.path('stranger');
      makeKey(stranger, 'ed25519');
      expect(said(await refusal({ privateKeyPath: stranger }))).toMatchInlineSnapshot(`
        "ssh-auth-failed (3)
        SSH to [127.0.0.1]:PORT: the user USER was refused with the key DIR/stranger
        try the same by hand: ssh -p PORT USER@127.0.0.1 true; NETWRIGHT_SSH_USER is the user, NETWRIGHT_SSH_KEY the key"
      `);
    });

    test('an agent that is not there is named in the failure', async () => {
      expect(said(await refusal({ privateKeyPath: undefined, agent: bench.path('no-agent') }))).toMatchInlineSnapshot(`
        "ssh-auth-failed (3)
        SSH to [127.0.0.1]:PORT: the user USER was refused with the agent at DIR/no-agent (the agent could not be asked: Failed to connect to agent)
        try the same by hand: ssh -p PORT USER@127.0.0.1 true; NETWRIGHT_SSH_USER is the user, NETWRIGHT_SSH_KEY the key"
      `);
    });

    test.each([
      ['a missing file', () => bench.path('nothing')],
      ['a public key', () => `${bench.keyPath}.pub`],
      ['no key at all', () => bench.write('words', 'hello\n')],
    ])('%s in place of a key cannot be used', async (_what, path) => {
      expect(said(await refusal({ privateKeyPath: path() }))).toMatchSnapshot();
    });

    test('the same troubles, found while the configuration is checked, are wrong use', async () => {
      const files = { privateKeyPath: bench.keyPath, knownHostsPath: knownHosts('# none') };
      await expect(checkSshFiles(files)).resolves.toBeUndefined();
      await expect(checkSshFiles({ ...files, privateKeyPath: bench.path('nothing') })).rejects.toMatchObject({
        code: 'ssh-key-unreadable',
        exitCode: ExitCode.usage,
      });
      await expect(checkSshFiles({ ...files, knownHostsPath: bench.path('nothing') })).rejects.toMatchObject({
        code: 'ssh-known-hosts-unreadable',
        exitCode: ExitCode.usage,
      });
      await expect(checkSshFiles({ knownHostsPath: files.knownHostsPath })).rejects.toMatchObject({
        code: 'ssh-no-identity',
        exitCode: ExitCode.usage,
      });
    });
  });

  describe('the host key', () => {
    test('a host that known_hosts does not know is refused, with its fingerprint', async () => {
      const error = await refusal({ knownHostsPath: knownHosts('not a line of known_hosts') });
      expect(error.message).toContain(fingerprint(rawKey(server.hostKeys['ed25519'] ?? '')));
      expect(said(error)).toMatchInlineSnapshot(`
        "ssh-host-key-unknown (3)
        SSH to [127.0.0.1]:PORT: its host key ssh-ed25519 SHA256:… is not in DIR/known_hosts. Line 1 of DIR/known_hosts was skipped: the key is cut short.
        compare the fingerprint on the host's console (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then: ssh-keyscan -H -p PORT 127.0.0.1 >> DIR/known_hosts (NETWRIGHT_SSH_KNOWN_HOSTS names another file)"
      `);
    });

    test('a host that shows another key than the known one is refused, with both fingerprints', async () => {
      const wrong = publicKey(bench.keyPath);
      const error = await refusal({ knownHostsPath: knownHosts(at(server, wrong)) });
      expect(error.message).toContain(fingerprint(rawKey(wrong)));
      expect(error.message).toContain(fingerprint(rawKey(server.hostKeys['ed25519'] ?? '')));
      expect(said(error)).toMatchInlineSnapshot(`
        "ssh-host-key-changed (3)
        SSH to [127.0.0.1]:PORT: its host key is not the one in DIR/known_hosts: it shows ssh-ed25519 SHA256:…, known is SHA256:… (line 1)
        if the host was reinstalled, compare the fingerprint on its console, then: ssh-keygen -f DIR/known_hosts -R '[127.0.0.1]:PORT' && ssh-keyscan -H -p PORT 127.0.0.1 >> DIR/known_hosts; if it was not, someone answers in its place"
      `);
    });

    test('a revoked key is refused although it is known as well', async () => {
      const key = server.hostKeys['ed25519'];
      const only = await bench.sshd();
      const revoked = only.hostKeys['ed25519'];
      expect(
        said(
          await refusal({
            port: only.port,
            knownHostsPath: knownHosts(at(only, revoked), at(only, revoked, '@revoked '), at(server, key)),
          }),
        ),
      ).toMatchInlineSnapshot(`
        "ssh-host-key-revoked (3)
        SSH to [127.0.0.1]:PORT: its host key ssh-ed25519 SHA256:… is revoked in DIR/known_hosts
        do not connect: whoever marked the key as revoked no longer trusts who holds it"
      `);
    });

    test('of a host with several keys, the type that is known is asked for', async () => {
      for (const type of ['ecdsa', 'rsa', 'ed25519'])
        expect(await whoAmI({ knownHostsPath: knownHosts(at(server, server.hostKeys[type])) })).toBe(user);
    });

    test('a host that is known by a type that it no longer has is unknown, and the known type is told', async () => {
      const only = await bench.sshd({ types: ['ed25519'] });
      expect(said(await refusal({ port: only.port, knownHostsPath: knownHosts(at(only, server.hostKeys['rsa'])) })))
        .toMatchInlineSnapshot(`
          "ssh-host-key-unknown (3)
          SSH to [127.0.0.1]:PORT: its host key ssh-ed25519 SHA256:… is not in DIR/known_hosts, which knows the host by ssh-rsa alone.
          compare the fingerprint on the host's console (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then: ssh-keyscan -H -p PORT 127.0.0.1 >> DIR/known_hosts (NETWRIGHT_SSH_KNOWN_HOSTS names another file)"
        `);
    });

    test('names that are hashed serve as well', async () => {
      const path = knownHosts(at(server, server.hostKeys['ed25519']));
      execFileSync('ssh-keygen', ['-q', '-H', '-f', path], { stdio: 'ignore' });
      expect(readFileSync(path, 'utf8')).toMatch(/^\|1\|/);
      expect(await whoAmI({ knownHostsPath: path })).toBe(user);
    });

    test('what ssh-keyscan wrote serves as well', async () => {
      const scanned = execFileSync('ssh-keyscan', ['-H', '-p', String(server.port), '127.0.0.1'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      expect(await whoAmI({ knownHostsPath: bench.write('scanned', scanned) })).toBe(user);
    });

    test('a certificate authority alone does not vouch, and that is said', async () => {
      expect(
        (await refusal({ knownHostsPath: knownHosts(at(server, server.hostKeys['ed25519'], '@cert-authority ')) }))
          .message,
      ).toContain('A certificate authority vouches for the host there');
    });
  });

  describe('the way there', () => {
    test('a port where nothing listens is refused', async () => {
      expect(said(await refusal({ port: await freePort() }))).toMatchInlineSnapshot(`
        "ssh-unreachable (3)
        SSH to [127.0.0.1]:PORT: the connection was refused
        check that sshd listens there and that no firewall is between: nc -vz 127.0.0.1 PORT; NETWRIGHT_SSH_PORT is another port, NETWRIGHT_SSH_JUMP the host by which nodes are reached"
      `);
    });

    test('an interrupt ends connecting', async () => {
      expect(await refusal({ signal: AbortSignal.abort() })).toMatchObject({
        code: 'ssh-aborted',
        exitCode: ExitCode.interrupted,
      });
    });

    test.runIf(process.getuid?.() !== 0)('a key that we may not read is told so', async () => {
      const path = bench.path('closed');
      makeKey(path, 'ed25519');
      chmodSync(path, 0o000);
      expect((await refusal({ privateKeyPath: path })).code).toBe('ssh-key-unreadable');
      rmSync(path);
      expect(existsSync(path)).toBe(false);
    });
  });
});
