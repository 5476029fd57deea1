import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectNode, type NodeConnection } from '../../../helpers/nodes/connection.ts';
import { runOnNode } from '../../../helpers/nodes/exec.ts';
import { collectNodeFacts } from '../../../helpers/nodes/facts.ts';
import { SECTIONS } from '../../../helpers/nodes/facts/sections.ts';
import { installed, missingSshd, SshBench, user } from './sshd.ts';

/** This machine stands for a node. */
describe.skipIf(missingSshd)('on a node', () => {
  let bench: SshBench;
  let connection: NodeConnection;
  beforeAll(async () => {
    bench = new SshBench();
    const server = await bench.sshd();
    connection = await connectNode({
      host: '127.0.0.1',
      port: server.port,
      user,
      privateKeyPath: bench.keyPath,
      knownHostsPath: bench.write('known', `[127.0.0.1]:${server.port} ${server.hostKeys['ed25519']}\n`),
    });
  });
  afterAll(async () => {
    connection.close();
    await bench[Symbol.asyncDispose]();
  });
  const run = (command: string, options: Partial<Parameters<typeof runOnNode>[2]> = {}) =>
    runOnNode(connection, command, { timeoutMs: 10_000, ...options });

  describe('a command', () => {
    test('that exits gives its code and both streams', async () => {
      expect(await run('echo out; echo err >&2; exit 3')).toEqual({
        outcome: 'exited',
        code: 3,
        stdout: 'out\n',
        stderr: 'err\n',
        truncated: false,
      });
    });

    test('that a signal kills is not an exit', async () => {
      expect(await run('kill -KILL $$')).toMatchObject({ outcome: 'killed', signal: expect.stringMatching(/KILL/) });
    });

    test(
      'that writes megabytes to standard error ends all the ' + 'same, and what was kept says that it was cut',
      async () => {
        const ended = await run('head -c 5000000 /dev/zero >&2; echo done', { maxBytes: 1000 });
        expect(ended).toMatchObject({ outcome: 'exited', code: 0, stdout: 'done\n', truncated: true });
        expect('stderr' in ended && ended.stderr.length).toBe(1000);
      },
    );

    test('keeps as much of standard error as it is told, beside all of the output', async () => {
      const ended = await run('head -c 5000 /dev/zero >&2; head -c 5000 /dev/zero', { maxStderrBytes: 100 });
      expect('stderr' in ended && [ended.stdout.length, ended.stderr.length, ended.truncated]).toEqual([
        5000,
        100,
        true,
      ]);
    });

    test('reads what is sent to it', async () => {
      expect(await run('cat', { stdin: 'words' })).toMatchObject({ code: 0, stdout: 'words' });
    });

    test('that an interrupt ends is aborted', async () => {
      const interrupt = new AbortController();
      const ended = run('echo started >&2; sleep 30', { signal: interrupt.signal, onStderr: () => interrupt.abort() });
      expect(await ended).toEqual({ outcome: 'aborted', reason: 'interrupted' });
    });

    test('among more than a server takes at a time waits for its turn', async () => {
      const ended = await Promise.all(Array.from({ length: 24 }, (_, i) => run(`echo ${i}`)));
      expect(ended.map((each) => ('stdout' in each ? each.stdout.trim() : each.reason))).toEqual(
        Array.from({ length: 24 }, (_, i) => String(i)),
      );
    });
  });

  describe('facts', () => {
    test('are read with what the node has, and say what it has not', async () => {
      const facts = await collectNodeFacts(connection, 'node-1');
      const of = (key: string) => facts.find((fact) => fact.key === `ssh/${key}`);
      expect(
        facts.every(
          ({ source, node, value, notObserved }) =>
            source === 'ssh' && node === 'node-1' && (notObserved === undefined) === (value !== null),
        ),
      ).toBe(true);
      expect(of('ip-link')?.value).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'lo' })]));
      expect(of('ip-addr')?.value).toEqual(expect.arrayContaining([expect.objectContaining({ device: 'lo' })]));
      expect(of('protocol-counters')?.value).toMatchObject({
        Udp: { InDatagrams: expect.any(Number), InCsumErrors: expect.any(Number) },
        TcpExt: { ListenOverflows: expect.any(Number) },
      });
      expect(of('listening-sockets')?.value).toEqual(
        expect.arrayContaining([expect.objectContaining({ protocol: 'tcp', address: '127.0.0.1' })]),
      );
      expect(of('sysctl')?.value).toMatchObject({
        'net.ipv4.ip_forward': expect.stringMatching(/^[01]$/),
        'net.ipv4.conf.all.rp_filter': expect.any(String),
      });
      expect(of('clock')?.value).toEqual({ epochMs: expect.any(Number) });
      const missing = SECTIONS.filter(({ needs }) => needs !== undefined && !installed(needs)).map(({ key, needs }) => [
        key,
        `${needs} is not installed on the node`,
      ]);
      expect(missing.map(([key]) => [key, of(key ?? '')?.notObserved])).toEqual(missing);
    });

    test('of one set, or of one key, are read alone', async () => {
      const facts = await collectNodeFacts(connection, 'node-1', { sets: ['routes', 'ip-link'] });
      expect(facts.map(({ key }) => key)).toEqual(['ssh/ip-link', 'ssh/ip-route', 'ssh/ip-rule', 'ssh/ip-neigh']);
    });

    test('hold no secret, even where a process was started with one', async () => {
      copyFileSync('/bin/sh', bench.path('k3s'));
      chmodSync(bench.path('k3s'), 0o755);
      const k3s = spawn(bench.path('k3s'), [
        '-c',
        'echo up; read line',
        'server',
        '--token',
        's3cr3t',
        '--node-ip',
        '10.0.0.1',
      ]);
      try {
        await once(k3s.stdout, 'data');
        const [fact] = await collectNodeFacts(connection, 'node-1', { sets: ['ps'] });
        expect(fact?.value).toContainEqual(
          expect.objectContaining({
            pid: k3s.pid,
            name: 'k3s',
            args: expect.stringMatching(/--token \[redacted\] --node-ip 10\.0\.0\.1$/),
          }),
        );
        expect(JSON.stringify(fact)).not.toContain('s3cr3t');
      } finally {
        k3s.kill();
      }
    });

    test('over a connection that is gone are all not observed', async () => {
      const server = await bench.sshd();
      const gone = await connectNode({
        host: '127.0.0.1',
        port: server.port,
        user,
        privateKeyPath: bench.keyPath,
        knownHostsPath: bench.write('known-2', `[127.0.0.1]:${server.port} ${server.hostKeys['ed25519']}\n`),
      });
      gone.close();
      const facts = await collectNodeFacts(gone, 'node-1', { sets: ['routes'] });
      expect(facts.map(({ value, notObserved }) => [value, notObserved])).toEqual(
        Array.from({ length: 3 }, () => [null, 'SSH: the connection was closed here']),
      );
    });
  });
});
