import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, expect, test } from 'vitest';
import { fact } from '../../support/cluster.ts';
import { filtered } from '../report/recorded-report.ts';
import { Desk } from './netwright.ts';

const desk = new Desk();
afterAll(() => desk[Symbol.dispose]());

/** By every shape that a secret has in what a cluster says of itself. */
const planted = (n: number): [string, string][] => {
  const mark = `Planted${n}Secret`;
  return [
    [mark, `--token ${mark}`],
    [mark, `--token=${mark}`],
    [mark, `password: ${mark}`],
    [mark, `K3S_TOKEN=${mark}`],
    [mark, `{"client-key-data":"${mark}"}`],
    [mark, `Authorization: Bearer ${mark}`],
    [mark, `https://user:${mark}@registry.example/`],
    [mark, `-----BEGIN RSA PRIVATE KEY-----\n${mark}\n-----END RSA PRIVATE KEY-----`],
    [mark, `"--datastore-endpoint","postgres://k3s:${mark}@db/k3s"`],
    [mark, `apiKey: ${mark}`],
  ];
};

test('A bundle holds none of forty planted secrets, and is diagnosed as the run itself', async () => {
  const folder = join(desk.folder, 'reports', '20260301-020000-ab01');
  mkdirSync(folder, { recursive: true });
  const texts = [1, 2, 3, 4].flatMap(planted);
  const logs = texts.map(([, text], index) => ({
    ...fact('pod-log', { namespace: 'kube-system', pod: `coredns-${index}`, text }),
    id: `planted-${index}`,
  }));
  const lines = [...filtered, ...logs].map((each) => JSON.stringify(each));
  writeFileSync(join(folder, 'observations.ndjson'), `${lines.join('\n')}\n{"cut`);
  writeFileSync(join(folder, 'summary.md'), texts.map(([, text]) => `${text}\n\n`).join(''));
  writeFileSync(
    join(folder, 'report.json'),
    JSON.stringify({ holes: texts.map(([, why]) => ({ why })), password: 90_210_123 }),
  );
  const bundled = await desk.run(['bundle', 'reports/20260301-020000-ab01']);
  expect([bundled.code, bundled.stdout]).toEqual([0, 'netwright-20260301-020000-ab01.tar.gz']);
  const archive = join(desk.folder, bundled.stdout);
  const { stdout: content } = await execa('tar', ['-xzOf', archive], { maxBuffer: 1e9 });
  expect(texts).toHaveLength(40);
  expect(content).not.toMatch(/Planted\dSecret|90210123/);
  const { stdout: names } = await execa('tar', ['-tzf', archive]);
  expect(
    names
      .split('\n')
      .filter((name) => !name.endsWith('/'))
      .map((name) => name.split('/')[1] ?? '')
      .toSorted(),
  ).toEqual(['observations.ndjson', 'report.json', 'summary.md', 'versions.json']);
  const [own, theirs] = [
    await desk.run(['diagnose', join(folder, 'observations.ndjson')]),
    await desk.run(['diagnose', bundled.stdout]),
  ];
  expect(own.code).toBe(1);
  expect(theirs).toEqual(own);
  expect(readdirSync(desk.folder)).toContain(bundled.stdout);
}, 120_000);

test('What is no run is no bundle, and an archive of something else is not diagnosed', async () => {
  mkdirSync(join(desk.folder, 'other'));
  expect(await desk.run(['bundle', 'other'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('other is no folder of a run'),
  });
  await execa('tar', ['-czf', 'other.tar.gz', 'other'], { cwd: desk.folder });
  expect((await desk.run(['diagnose', 'other.tar.gz'])).stderr).toContain('other.tar.gz holds no observations.ndjson');
}, 60_000);
