import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ProbeSession } from '../../../helpers/probe/client.ts';
import { linesOf, startAgent } from './support/agent.ts';
import { canMakeNamespaces, drop, makePair } from './support/netns.ts';

describe.skipIf(!canMakeNamespaces)('names while the name server is silent', () => {
  let pair: ReturnType<typeof makePair>;
  beforeAll(() => {
    pair = makePair();
    mkdirSync(`/etc/netns/${pair.a.name}`, { recursive: true });
    writeFileSync(`/etc/netns/${pair.a.name}/resolv.conf`, 'nameserver 192.0.2.2\noptions timeout:5 attempts:3\n');
    drop(pair.b, 'input', 'udp dport 53');
  });
  afterAll(() => {
    rmSync(`/etc/netns/${pair.a.name}`, { recursive: true });
    pair.remove();
  });

  test('a lookup ends at its own deadline, and the session does not wait for the system to give up', async () => {
    const stream = linesOf(startAgent('session', { prefix: pair.a.prefix }));
    const session = new ProbeSession(stream);
    const probes = Array.from({ length: 6 }, (_, index) => ({
      id: `r${index}`,
      kind: 'resolve' as const,
      host: '',
      port: 0,
      name: `n${index}.example`,
      timeoutMs: 300,
    }));
    const { results } = await session.runBatch({ batch: 'names', concurrency: 6, probes }, { timeoutMs: 10_000 });
    expect([...results.values()].map(({ error }) => error)).toEqual(
      probes.map(() => ({ kind: 'timeout', text: 'no address for the name within 300 ms' })),
    );
    stream.end();
    // The system would hold the process for 15 s; the test's own limit is 20 s, so the kill is what must show.
    expect(await stream.outcome).toMatchObject({ outcome: 'lost', reason: 'killed by SIGKILL' });
  });
});
