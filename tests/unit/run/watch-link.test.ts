import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { CANARY_PATH, KEPT_CANARY_PATH } from '../../../helpers/model/canary.ts';
import { Tally } from '../../../helpers/observe/watch/tally.ts';
import { PROOF_HEADER } from '../../../helpers/probe/agent/identity.ts';
import { makeProof } from '../../../helpers/probe/agent/proof.ts';
import type { WatchStream } from '../../../helpers/probe/watch-protocol.ts';
import { WatchLink } from '../../../helpers/run/watch/link.ts';
import { freePort, linesOf, portOf, RUN_KEY, startAgent, startServing, stop } from '../probe/support/agent.ts';

const INTERVAL_MS = 100;
const children: ChildProcess[] = [];
const links: WatchLink[] = [];
afterEach(async () => {
  await Promise.all(links.splice(0).map((link) => link.close()));
  await Promise.all(children.splice(0).map(stop));
});

const settings = (port: number) => ({ NETWRIGHT_TCP_PORT: String(port), NETWRIGHT_UDP_PORT: String(port) });

async function serving(port: number): Promise<ChildProcess> {
  const child = await startServing(settings(port));
  children.push(child);
  return child;
}

const stream = (id: string, port: number, isLongLived: boolean): WatchStream => ({
  id,
  isLongLived,
  intervalMs: INTERVAL_MS,
  spec: {
    kind: 'http',
    host: '127.0.0.1',
    port,
    path: isLongLived ? KEPT_CANARY_PATH : CANARY_PATH,
    timeoutMs: 1_000,
  },
  expect: '"service":"canary"',
});

/** An agent that watches an address, and what its signs come to. `relays` are the execs that carry its lines. */
async function watching(target: number, streams = ['new', 'kept']) {
  const port = await freePort();
  await serving(port);
  const tallies = new Map(['new', 'kept'].map((id) => [id, new Tally()]));
  const relays: ChildProcess[] = [];
  const link = new WatchLink(
    async () => {
      const child = startAgent('watch', { env: settings(port) });
      relays.push(child);
      children.push(child);
      return linesOf(child);
    },
    ({ line, clock }) => {
      for (const { id, fromMs, signs } of line.seen) tallies.get(id)?.add(fromMs, INTERVAL_MS, signs, clock);
    },
  );
  links.push(link);
  link.follow(streams.map((id) => stream(id, target, id === 'kept')));
  return { tallies, relays, link };
}

const tallyOf = (tallies: Map<string, Tally>, id: string): Tally => tallies.get(id) as Tally;

/** Waits until something holds, as long as a busy machine may take. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(50);
}

/** Waits until a stream has answered so many times. */
const answered = (tallies: Map<string, Tally>, ids: readonly string[], count: number): Promise<void> =>
  until(() => ids.every((id) => tallyOf(tallies, id).sent - tallyOf(tallies, id).lost >= count));

/** Waits until a stream's interruption is over. */
const isOver = (tallies: Map<string, Tally>, ids: readonly string[]): Promise<void> =>
  until(() => ids.every((id) => tallyOf(tallies, id).interruptions.length > 0));

/** Asks by itself, beside the watch, until it is told to end: when nothing came, in ms since 1970. */
function plainStream(port: number): () => number[] {
  const failed: number[] = [];
  const timer = setInterval(() => {
    const atMs = performance.timeOrigin + performance.now();
    const headers = { [PROOF_HEADER]: makeProof(RUN_KEY).toString('hex') };
    const asked = request({ host: '127.0.0.1', port, path: CANARY_PATH, headers, agent: false, timeout: 1_000 });
    asked.on('response', (response) => response.resume());
    asked.on('error', () => failed.push(atMs));
    asked.end();
  }, 50);
  return () => {
    clearInterval(timer);
    return failed.toSorted((a, b) => a - b);
  };
}

describe('an agent that watches', () => {
  test('sees an interruption as a plain stream beside it does', { timeout: 60_000 }, async () => {
    const port = await freePort();
    const target = await serving(port);
    const { tallies } = await watching(port);
    await answered(tallies, ['new', 'kept'], 5);
    const plain = plainStream(port);
    await sleep(500);
    await stop(target);
    await sleep(1_500);
    await serving(port);
    await isOver(tallies, ['new', 'kept']);
    const failed = plain();
    for (const id of ['new', 'kept']) {
      const { interruptions } = tallyOf(tallies, id);
      expect(interruptions).toHaveLength(1);
      expect(Math.abs(Number(interruptions[0]?.startMs) - Number(failed[0]))).toBeLessThan(1_000);
      expect(Math.abs(Number(interruptions[0]?.endMs) - Number(failed.at(-1)))).toBeLessThan(1_000);
    }
  });

  test('tells later what it saw while nobody could read it', { timeout: 60_000 }, async () => {
    const port = await freePort();
    const target = await serving(port);
    const { tallies, relays } = await watching(port);
    await answered(tallies, ['new'], 5);
    relays[0]?.kill('SIGKILL');
    await stop(target);
    await sleep(1_000);
    await serving(port);
    await isOver(tallies, ['new']);
    const { interruptions, sent, unseen } = tallyOf(tallies, 'new');
    expect(relays.length).toBeGreaterThan(1);
    expect(interruptions).toHaveLength(1);
    expect(unseen).toEqual([]);
    expect(sent).toBeGreaterThan(15);
  });

  test('asks a long-lived stream over one connection, the others over one each', { timeout: 60_000 }, async () => {
    const port = await freePort();
    await serving(port);
    let connections = 0;
    const proxy = createServer((client) => {
      connections += 1;
      const server = connect(port, '127.0.0.1');
      for (const each of [client, server]) each.on('error', () => {});
      client.pipe(server).pipe(client);
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const { tallies, link } = await watching(portOf(proxy), ['kept']);
    await answered(tallies, ['kept'], 10);
    expect(connections).toBe(1);
    expect(tallyOf(tallies, 'kept')).toMatchObject({ lost: 0, waited: 0, interruptions: [] });
    expect(tallyOf(tallies, 'kept').sent).toBeGreaterThan(5);
    // A plan that says the same has another proof of the run's key.
    const proof = () => ({ headers: { [PROOF_HEADER]: makeProof(RUN_KEY).toString('hex') } });
    const kept = stream('kept', portOf(proxy), true);
    for (let plan = 0; plan < 5; plan += 1) {
      link.follow([{ ...kept, spec: { ...kept.spec, ...proof() } }]);
      await sleep(100);
    }
    // The first of them brought a header, which none had before.
    expect(connections).toBeLessThanOrEqual(2);
    expect(tallyOf(tallies, 'kept')).toMatchObject({ lost: 0, unseen: [] });
    link.follow([stream('new', portOf(proxy), false)]);
    await until(() => connections > 7);
    proxy.close();
  });

  test('takes orders from its own machine alone, and from who knows the key', { timeout: 20_000 }, async () => {
    const port = await freePort();
    await serving(port);
    const proof = { [PROOF_HEADER]: makeProof(RUN_KEY).toString('hex') };
    const ask = async (headers: Record<string, string>, localAddress = '127.0.0.1'): Promise<number | undefined> => {
      const asked = request({ host: '127.0.0.1', port, path: '/watch', method: 'POST', headers, localAddress });
      asked.end('{}');
      const [response] = (await once(asked, 'response')) as [{ statusCode?: number; resume: () => void }];
      response.resume();
      return response.statusCode;
    };
    expect(await ask({})).toBe(403);
    expect(await ask(proof, '127.0.0.2')).toBe(403);
    expect(await ask(proof)).toBe(400);
  });
});
