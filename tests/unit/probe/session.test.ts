import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { ChildProcess } from 'node:child_process';
import { linesOf, portOf, startAgent, stop } from './support/agent.ts';

const children: ChildProcess[] = [];
const start = () => {
  const child = startAgent('session');
  children.push(child);
  return { child, stream: linesOf(child) };
};
afterEach(async () => {
  await Promise.all(children.splice(0).map(stop));
});

/** What a whole session says to given lines, its input ended after them. */
async function converse(...lines: string[]): Promise<{ said: Record<string, unknown>[]; outcome: unknown }> {
  const { stream } = start();
  for (const line of lines) await stream.send(line);
  stream.end();
  const said: Record<string, unknown>[] = [];
  for await (const line of stream.lines) said.push(JSON.parse(line));
  return { said, outcome: await stream.outcome };
}

const resolv = (batch: string) =>
  JSON.stringify({ batch, concurrency: 1, probes: [{ kind: 'facts', id: 'f', sets: ['resolv'] }] });

describe('an agent session', () => {
  test('answers several batches of one input, then ends with its input', async () => {
    const { said, outcome } = await converse(resolv('one'), resolv('two'));
    expect(new Set(said.map(({ batch, id, done }) => `${String(batch)} ${String(id ?? (done && 'done'))}`))).toEqual(
      new Set(['one f', 'one done', 'two f', 'two done']),
    );
    expect(outcome).toEqual({ outcome: 'exited', code: 0 });
  });

  test('refuses a line that is no batch and goes on', async () => {
    const { said, outcome } = await converse('{"batch": "x', '[]', '{"batch":7}', resolv('after'));
    expect(said.slice(0, 3)).toEqual([
      { batch: '', refused: 'not a batch: {"batch": "x' },
      { batch: '', refused: 'batch must be a string' },
      { batch: '', refused: 'batch must be a string' },
    ]);
    expect(said.at(-1)).toMatchObject({ batch: 'after', done: true });
    expect(outcome).toEqual({ outcome: 'exited', code: 0 });
  });

  test.for([
    [{ id: 'p', kind: 'icmp' }, 'probe "p": this agent knows no kind "icmp"'],
    [{ id: 'p', kind: 'tcp', host: '127.0.0.1', port: 'http', timeoutMs: 1 }, 'probe "p": port must be a number'],
    [{ id: 'p', kind: 'tcp', host: '127.0.0.1', port: 70_000, timeoutMs: 1 }, 'probe "p": port must be below 65536'],
    [
      { id: 'p', kind: 'dns', host: '127.0.0.1', port: 53, timeoutMs: 1, name: 'a' },
      'probe "p": recordType must be a string',
    ],
    [{ id: 'p', kind: 'constructor' }, 'probe "p": this agent knows no kind "constructor"'],
    [{ kind: 'tcp' }, 'probe null: id must be a string'],
  ] as const)('refuses a batch with a probe that it cannot run: %o', async ([spec, refused]) => {
    const { said } = await converse(JSON.stringify({ batch: 'b', concurrency: 1, probes: [spec] }));
    expect(said).toEqual([{ batch: 'b', refused }]);
  });

  test('begins a probe when its time has come, and one that need not wait before it', async () => {
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connect = (id: string, startAfterMs?: number) => ({
      id,
      kind: 'tcp',
      host: '127.0.0.1',
      port: portOf(server),
      timeoutMs: 5_000,
      startAfterMs,
    });
    const { said } = await converse(
      JSON.stringify({ batch: 'b', concurrency: 1, probes: [connect('late', 300), connect('now')] }),
    );
    server.close();
    expect(said.map(({ id }) => id)).toEqual(['now', 'late', undefined]);
    const [wholeMs, ownMs] = [said.at(-1), said[1]].map((line) => Number(line?.['durationMs']));
    expect((wholeMs ?? 0) - (ownMs ?? 0), 'the wait is the batch’s and not the probe’s').toBeGreaterThan(290);
  });

  test('cuts off what is under way when its input ends, and says nothing of it', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const port = portOf(silent);
    const { said, outcome } = await converse(
      JSON.stringify({
        batch: 'b',
        concurrency: 1,
        probes: [{ id: 'slow', kind: 'http', host: '127.0.0.1', port, path: '/', timeoutMs: 60_000 }],
      }),
    );
    silent.close();
    expect(said).toEqual([]);
    expect(outcome).toEqual({ outcome: 'exited', code: 0 });
  });

  test('ends at once on SIGTERM', async () => {
    const { child, stream } = start();
    await stream.send(resolv('up'));
    for await (const line of stream.lines) if (line.includes('done')) break;
    child.kill('SIGTERM');
    expect(await stream.outcome).toEqual({ outcome: 'exited', code: 0 });
  });

  test('an unknown mode is told how to call it', async () => {
    const child = startAgent('dance');
    children.push(child);
    expect(await once(child, 'close')).toEqual([2, null]);
  });
});
