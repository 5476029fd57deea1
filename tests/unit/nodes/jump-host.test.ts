import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NetwrightError } from '../../../helpers/errors.ts';
import type { ConnectOptions } from '../../../helpers/nodes/connection.ts';
import { LogIn } from './log-in.ts';
import { freePort, hostLine as at, missingSshd, SshBench, user, type TestSshd } from './sshd.ts';

describe.skipIf(missingSshd)('a jump host', () => {
  let bench: SshBench;
  let server: TestSshd;
  let jump: TestSshd;
  let logIn: LogIn;
  beforeAll(async () => {
    bench = new SshBench();
    [server, jump] = await Promise.all([bench.sshd(), bench.sshd()]);
    logIn = new LogIn(bench, server);
  });
  afterAll(async () => bench[Symbol.asyncDispose]());

  const knownHosts = (...lines: string[]) => logIn.knownHosts(...lines);
  const said = (error: NetwrightError) => logIn.said(error);
  const refusal = (more: Partial<ConnectOptions> = {}) => logIn.refusal(more);
  const whoAmI = (more: Partial<ConnectOptions> = {}) => logIn.whoAmI(more);

  const through = (...lines: string[]): Partial<ConnectOptions> => ({
    jumps: [{ host: '127.0.0.1', port: jump.port, user }],
    knownHostsPath: knownHosts(...lines),
  });

  test('leads to the node, each hop verified by its own key', async () => {
    expect(await whoAmI(through(at(jump, jump.hostKeys['ed25519']), at(server, server.hostKeys['ed25519'])))).toBe(
      user,
    );
  });

  test('behind another leads to the node, and each of the three is asked for its own key', async () => {
    const second = await bench.sshd();
    const jumps = [jump, second].map(({ port }) => ({ host: '127.0.0.1', port, user }));
    const [first, middle, last] = [jump, second, server].map((each) => at(each, each.hostKeys['ed25519']));
    const known = (...lines: (string | undefined)[]) => knownHosts(...lines.filter((line) => line !== undefined));
    expect(await whoAmI({ jumps, knownHostsPath: known(first, middle, last) })).toBe(user);
    const codeWithout = async (...lines: (string | undefined)[]) =>
      (await refusal({ jumps, knownHostsPath: known(...lines) })).code;
    expect([await codeWithout(first, last), await codeWithout(first, middle)]).toEqual([
      'ssh-jump-host-key-unknown',
      'ssh-host-key-unknown',
    ]);
  });

  test('that is not known is refused by its own name', async () => {
    expect(said(await refusal(through(at(server, server.hostKeys['ed25519']))))).toMatchInlineSnapshot(`
      "ssh-jump-host-key-unknown (3)
      SSH to the jump host [127.0.0.1]:PORT: its host key ssh-ed25519 SHA256:… is not in DIR/known_hosts.
      compare the fingerprint on the host's console (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then: ssh-keyscan -H -p PORT 127.0.0.1 >> DIR/known_hosts (NETWRIGHT_SSH_KNOWN_HOSTS names another file)"
    `);
  });

  test('does not make the node behind it known', async () => {
    expect((await refusal(through(at(jump, jump.hostKeys['ed25519'])))).code).toBe('ssh-host-key-unknown');
  });

  test('with the key of the node behind it is refused', async () => {
    expect(
      (await refusal(through(at(jump, server.hostKeys['ed25519']), at(server, server.hostKeys['ed25519'])))).code,
    ).toBe('ssh-jump-host-key-changed');
  });

  test('that cannot reach the node says so', async () => {
    expect(said(await refusal({ ...through(at(jump, jump.hostKeys['ed25519'])), port: await freePort() })))
      .toMatchInlineSnapshot(`
      "ssh-unreachable (3)
      SSH to [127.0.0.1]:PORT: the jump host 127.0.0.1 cannot reach it: Connection refused
      check that sshd listens there and that no firewall is between: nc -vz 127.0.0.1 PORT; NETWRIGHT_SSH_PORT is another port, NETWRIGHT_SSH_JUMP the host by which nodes are reached"
    `);
  });

  test('that forbids forwarding says so', async () => {
    const strict = await bench.sshd({ config: ['AllowTcpForwarding no'] });
    expect(
      said(
        await refusal({
          jumps: [{ host: '127.0.0.1', port: strict.port, user }],
          knownHostsPath: knownHosts(at(strict, strict.hostKeys['ed25519'])),
        }),
      ),
    ).toMatchInlineSnapshot(`
      "ssh-jump-forwarding-refused (3)
      SSH to the jump host [127.0.0.1]:PORT: it does not let connections through to 127.0.0.1:PORT
      its sshd needs AllowTcpForwarding for this user"
    `);
  });

  test('that is not there is unreachable', async () => {
    expect((await refusal({ jumps: [{ host: '127.0.0.1', port: await freePort(), user }] })).code).toBe(
      'ssh-jump-unreachable',
    );
  });
});
