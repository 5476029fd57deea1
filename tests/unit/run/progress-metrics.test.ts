import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import type { PreparedRun } from '../../../helpers/run/prepare.ts';
import { serveProgress, type ServedProgress } from '../../../helpers/run/progress-metrics.ts';
import { freePort, portOf } from '../nodes/sshd.ts';
import { filtered } from '../report/recorded-report.ts';

let serving: ServedProgress | undefined;
afterEach(() => serving?.close());

const got = async (port: number, path = '/metrics') => {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  return [answer.status, answer.headers.get('content-type'), await answer.text()] as const;
};

test('/metrics tells that a run is under way, and then what it has observed so far', async () => {
  const port = await freePort();
  const troubles: string[] = [];
  const onTrouble = (text: string) => void troubles.push(text);
  serving = serveProgress({ host: '127.0.0.1', port }, { profile: 'nightly', onTrouble });
  const [status, type, before] = await got(port);
  expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  expect(before).toContain('netwright_run_in_progress{profile="nightly"} 1\n');
  expect(before).not.toContain('netwright_run_probes');
  const observations = filtered.slice(0, 200);
  serving.tell({ context: { topology: { name: 'prod' } }, recorder: { observations } } as unknown as PreparedRun);
  const [, , text] = await got(port);
  const counted = [...text.matchAll(/^netwright_run_probes\{cluster="prod",profile="nightly",.*\} (\d+)$/gm)];
  expect(counted.reduce((sum, [, value]) => sum + Number(value), 0)).toBe(
    observations.filter(({ type: kind }) => kind === 'probe').length,
  );
  expect((await got(port, '/'))[0]).toBe(404);
  expect(troubles).toEqual([]);
});

test('A port that is taken costs /metrics alone, and is said', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const said = Promise.withResolvers<string>();
  serving = serveProgress({ host: '127.0.0.1', port: portOf(taken) }, { profile: 'gate', onTrouble: said.resolve });
  expect(await said.promise).toMatch(/^\/metrics cannot be served at 127\.0\.0\.1:\d+: .*EADDRINUSE/);
  taken.close();
});
