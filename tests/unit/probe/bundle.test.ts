import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleAgent, MAX_BUNDLE_BYTES } from '../../../helpers/probe/bundle.ts';
import { freePort, probe, startServing, stop } from './support/agent.ts';

const oldest = 20;

/** A Node of the oldest supported version on this machine's PATH. */
function findOldNode(): string | undefined {
  const candidates = execFileSync('which', ['-a', 'node'], { encoding: 'utf8' }).trim().split('\n');
  return candidates.find((path) => execFileSync(path, ['--version'], { encoding: 'utf8' }).startsWith(`v${oldest}.`));
}

describe('the bundled agent', () => {
  const dir = mkdtempSync(join(tmpdir(), 'netwright-bundle-'));
  const path = join(dir, 'agent.cjs');
  let code = '';
  beforeAll(async () => {
    code = await bundleAgent();
    writeFileSync(path, code);
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  test('is one file, far below what a ConfigMap carries, built once', async () => {
    expect(Buffer.byteLength(code)).toBeLessThan(MAX_BUNDLE_BYTES);
    expect(await bundleAgent()).toBe(code);
  });

  test('needs nothing but what Node brings', () => {
    const wanted = [...code.matchAll(/\brequire\(["'`]([^"'`]+)["'`]\)/g)].map(([, name = '']) =>
      name.replace(/^node:/, ''),
    );
    expect(wanted).toContain('dgram');
    expect(wanted.filter((name) => !builtinModules.includes(name))).toEqual([]);
  });

  const node = findOldNode();
  test.skipIf(node === undefined)(`serves and asks on Node ${oldest} without a word on stderr`, async () => {
    const port = await freePort();
    const agent = await startServing(
      { NETWRIGHT_NODE: 'n1', NETWRIGHT_TCP_PORT: String(port), NETWRIGHT_UDP_PORT: String(port) },
      { node, path },
    );
    let stderr = '';
    agent.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const host = '127.0.0.1';
    const results = await probe(
      [
        { id: 'tcp', kind: 'tcp', host, port, timeoutMs: 2000 },
        { id: 'http', kind: 'http', host, port, path: '/', timeoutMs: 2000 },
        { id: 'payload', kind: 'payload', host, port, payloadBytes: 20_000, timeoutMs: 2000 },
        { id: 'udp', kind: 'udp-echo', host, port, payloadBytes: 1400, timeoutMs: 2000 },
        { id: 'resolve', kind: 'resolve', host, port, name: 'localhost', timeoutMs: 2000 },
        { id: 'burst', kind: 'burst', host, port, vni: 1, count: 3, payloadBytes: 50, shape: 'vxlan', timeoutMs: 2000 },
        { id: 'facts', kind: 'facts', sets: ['counters', 'routes', 'links', 'sysctls', 'sockets'] },
        {
          id: 'dns',
          kind: 'dns',
          host,
          port: await freePort(),
          name: 'a',
          recordType: 'A',
          transport: 'udp',
          timeoutMs: 2000,
        },
      ],
      { node, path },
    );
    await stop(agent);
    expect(
      Object.fromEntries([...results].map(([id, { succeeded, error }]) => [id, error?.kind ?? succeeded])),
    ).toEqual({ tcp: 1, http: 1, payload: 1, udp: 1, resolve: 1, burst: 3, facts: 1, dns: 'refused' });
    expect(stderr).toBe('');
  });
});
