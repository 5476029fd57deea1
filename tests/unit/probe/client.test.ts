import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ProbeSession } from '../../../helpers/probe/client.ts';
import { LineQueue } from '../../../helpers/probe/line-queue.ts';
import type { LineStream, StreamOutcome } from '../../../helpers/probe/line-stream.ts';
import { openLocalAgent } from '../../../helpers/probe/local.ts';
import { freePort, linesOf, portOf, startAgent } from './support/agent.ts';

const tcp = (id: string, port: number, timeoutMs = 2000) => ({
  id,
  kind: 'tcp' as const,
  host: '127.0.0.1',
  port,
  timeoutMs,
});
const batch = (name: string, ...ids: string[]) => ({
  batch: name,
  concurrency: 4,
  probes: ids.map((id) => tcp(id, 1)),
});
const result = (name: string, id: string) =>
  JSON.stringify({ batch: name, id, attempts: 1, succeeded: 1, timesMs: [1], durationMs: 1, got: {} });

/** A far end played by the test: it sees each line that is sent, and says what it likes. */
function farEnd(): {
  stream: LineStream;
  sent: () => Promise<string>;
  say: (line: string) => void;
  finish: (outcome: StreamOutcome) => void;
} {
  const sentLines = new LineQueue();
  const lines = new LineQueue();
  const { promise, resolve } = Promise.withResolvers<StreamOutcome>();
  const reader = sentLines[Symbol.asyncIterator]();
  return {
    stream: { send: (line) => sentLines.push(line), lines, end: () => sentLines.end(), outcome: promise },
    // The name that the client gives the batch on the wire.
    sent: async () => /"batch":"([^"]+)"/.exec(String((await reader.next()).value))?.[1] ?? '',
    say: (line) => lines.push(line),
    finish: (outcome) => {
      resolve(outcome);
      lines.end();
    },
  };
}

describe('a probe session', () => {
  test('runs batches one after the other and side by side on one agent, each with its own results', async () => {
    const open = createServer().listen(0, '127.0.0.1');
    await once(open, 'listening');
    const closed = await freePort();
    const session = new ProbeSession(linesOf(startAgent('session')));
    const run = (probes: ReturnType<typeof tcp>[]) =>
      session.runBatch({ batch: 'same-name', concurrency: 2, probes }, { timeoutMs: 10_000 });
    const [first, second] = await Promise.all([
      run([tcp('a', portOf(open)), tcp('b', closed)]),
      run([tcp('a', closed)]),
    ]);
    const third = await run([tcp('a', portOf(open))]);
    await session.close();
    open.close();
    expect(
      [first, second, third].map(({ results, missing, lost }) => [
        new Set([...results].map(([id, { succeeded, batch: name }]) => `${name} ${id} ${succeeded}`)),
        missing,
        lost,
      ]),
    ).toEqual([
      [new Set(['same-name a 1', 'same-name b 0']), [], undefined],
      [new Set(['same-name a 0']), [], undefined],
      [new Set(['same-name a 1']), [], undefined],
    ]);
  });

  test('keeps what came before the connection was lost, and names what is missing', async () => {
    const { stream, sent, say, finish } = farEnd();
    const running = new ProbeSession(stream).runBatch(batch('b', 'one', 'two', 'three'), { timeoutMs: 10_000 });
    const name = await sent();
    say(result(name, 'two'));
    finish({ outcome: 'lost', at: 'websocket', reason: 'closed with 1006' });
    const { results, missing, lost } = await running;
    expect([...results.keys()]).toEqual(['two']);
    expect(missing).toEqual(['one', 'three']);
    expect(lost).toBe('the connection to the agent was lost (websocket): closed with 1006');
  });

  test('an agent that ends with a message says why, and later batches are lost at once', async () => {
    const { stream, sent, say, finish } = farEnd();
    const session = new ProbeSession(stream);
    const running = session.runBatch(batch('b', 'one'), { timeoutMs: 10_000 });
    await sent();
    say('node: /netwright/agent.cjs: no such file');
    finish({ outcome: 'exited', code: 1 });
    const lost = 'the agent ended with code 1; it said: node: /netwright/agent.cjs: no such file';
    expect(await running).toEqual({ results: new Map(), missing: ['one'], lost });
    expect(await session.runBatch(batch('c', 'one'), { timeoutMs: 10_000 })).toEqual({
      results: new Map(),
      missing: ['one'],
      lost,
    });
  });

  test('an agent that cannot start says why on its standard error', async () => {
    const { stream, sent, finish } = farEnd();
    const running = new ProbeSession({ ...stream, stderrTail: () => 'Error\n  exec: "node": not found\n' }).runBatch(
      batch('b', 'one'),
      { timeoutMs: 10_000 },
    );
    await sent();
    finish({ outcome: 'exited', code: 127 });
    expect(await running).toMatchObject({ lost: 'the agent ended with code 127; it said: exec: "node": not found' });
  });

  test(
    'a batch that does not end in time keeps its results, and its ' + 'late ones are not taken for those of the next',
    async () => {
      const { stream, sent, say } = farEnd();
      const session = new ProbeSession(stream);
      const first = session.runBatch(batch('b', 'one', 'two'), { timeoutMs: 50 });
      const firstName = await sent();
      say(result(firstName, 'one'));
      expect(await first).toMatchObject({ missing: ['two'], lost: 'no end of the batch within 50 ms' });
      const second = session.runBatch(batch('b', 'one', 'two'), { timeoutMs: 10_000 });
      const secondName = await sent();
      say(result(firstName, 'two'));
      say(JSON.stringify({ batch: firstName, done: true, durationMs: 1 }));
      say(result(secondName, 'one'));
      say(JSON.stringify({ batch: secondName, done: true, durationMs: 1 }));
      const { results, missing, lost } = await second;
      expect([[...results.keys()], missing, lost]).toEqual([['one'], ['two'], undefined]);
    },
  );

  test('believes no line that is not an answer to what was asked', async () => {
    const { stream, sent, say } = farEnd();
    const running = new ProbeSession(stream).runBatch(batch('b', 'one'), { timeoutMs: 10_000 });
    const name = await sent();
    say(result(name, 'never-asked'));
    say(JSON.stringify({ batch: name, id: 'one', succeeded: 'yes' }));
    say(result(name, 'one').replace('"attempts":1', '"attempts":-1'));
    say('{"batch":');
    say(JSON.stringify({ batch: name, done: true, durationMs: 1 }));
    expect(await running).toEqual({ results: new Map(), missing: ['one'] });
  });

  test('a refused batch is lost with the reason', async () => {
    const session = new ProbeSession(linesOf(startAgent('session')));
    const outcome = await session.runBatch(
      { batch: 'b', concurrency: 1, probes: [tcp('one', 99_999)] },
      { timeoutMs: 10_000 },
    );
    await session.close();
    expect(outcome).toEqual({
      results: new Map(),
      missing: ['one'],
      lost: 'the agent refused the batch: probe "one": port must be below 65536',
    });
  });

  test('an aborted batch ends at once and says so', async () => {
    const { stream, sent } = farEnd();
    const controller = new AbortController();
    const session = new ProbeSession(stream);
    const running = session.runBatch(batch('b', 'one'), { timeoutMs: 60_000, signal: controller.signal });
    await sent();
    controller.abort(new Error('Ctrl-C'));
    expect(await running).toEqual({ results: new Map(), missing: ['one'], lost: 'aborted: Ctrl-C' });
    expect(await session.runBatch(batch('b', 'one'), { timeoutMs: 60_000, signal: controller.signal })).toMatchObject({
      lost: 'aborted: Ctrl-C',
    });
  });

  test('a stream that takes nothing loses the batch', async () => {
    const { stream } = farEnd();
    const refusing = { ...stream, send: () => Promise.reject(new Error('write after end')) };
    expect(await new ProbeSession(refusing).runBatch(batch('b', 'one'), { timeoutMs: 60_000 })).toMatchObject({
      missing: ['one'],
      lost: 'the batch could not be sent: write after end',
    });
  });
});

describe('an agent in this process', () => {
  test('answers as one in a pod does, and ends with its input', async () => {
    const stream = await openLocalAgent();
    const session = new ProbeSession(stream);
    const { results } = await session.runBatch(
      { batch: 'b', concurrency: 1, probes: [tcp('one', await freePort())] },
      { timeoutMs: 10_000 },
    );
    expect(results.get('one')).toMatchObject({ error: { kind: 'refused' } });
    await session.close();
    expect(await stream.outcome).toEqual({ outcome: 'exited', code: 0 });
  });

  test('ends when it is aborted', async () => {
    const controller = new AbortController();
    const stream = await openLocalAgent(controller.signal);
    controller.abort('Ctrl-C');
    expect(await stream.outcome).toEqual({ outcome: 'aborted', reason: 'Ctrl-C' });
  });
});
