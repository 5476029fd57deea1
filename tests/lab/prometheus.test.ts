import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../lab/run-in.ts';
import { renderMetrics } from '../../helpers/report/metrics.ts';
import type { RunReport } from '../../helpers/report/run-report.ts';
import { outageObservations, outageReport } from '../unit/report/sample.ts';
import { freePort, portOf } from '../unit/nodes/sshd.ts';
import { unpackDebian } from './debian-package.ts';

const rules = fileURLToPath(new URL('../../deploy/prometheus', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'netwright-prometheus-'));
let programs = '';
const program = (name: string) => join(programs, name);
/** Why there is none; undefined where there is one. */
let missing: string | undefined;

beforeAll(async () => {
  try {
    programs = await unpackDebian('prometheus', folder);
  } catch (error) {
    missing = String(error);
  }
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('By promtool alert rules fire when they should, and metrics and the dashboard’s queries are sound', async ({
  skip,
}) => {
  skip(missing !== undefined, missing);
  const tool = program('promtool');
  await run([tool, 'check', 'rules', join(rules, 'rules.yaml')]);
  await run([tool, 'test', 'rules', join(rules, 'rules.test.yaml')]);
  await run([tool, 'check', 'metrics'], { stdin: 'pipe', input: renderMetrics(outageReport, outageObservations) });
  const { panels } = JSON.parse(await readFile(join(rules, 'dashboard.json'), 'utf8')) as {
    panels: { targets: { expr: string }[] }[];
  };
  const asked = panels.flatMap(({ targets }) => targets).map(({ expr }, index) => ({ record: `a:b${index}`, expr }));
  const path = join(folder, 'dashboard.yaml');
  await writeFile(path, JSON.stringify({ groups: [{ name: 'dashboard', rules: asked }] }));
  await run([tool, 'check', 'rules', path]);
  const known = new Set(renderMetrics(outageReport, outageObservations).match(/netwright_[a-z0-9_]+/g));
  const named = `${await readFile(join(rules, 'rules.yaml'), 'utf8')}${JSON.stringify(asked)}`;
  expect([...new Set(named.match(/netwright_[a-z0-9_]+/g))].filter((name) => !known.has(name))).toEqual([
    // Of probes with times, which the sample has not, and of what was found before.
    'netwright_problems',
    'netwright_p99_seconds',
  ]);
}, 120_000);

interface Alert {
  state: 'pending' | 'firing';
  labels: { alertname: string; cluster?: string; code?: string };
}

/** A real Prometheus that scrapes what is served twice a second, and whose nights last two seconds. */
async function observed(metrics: () => string) {
  const served = createServer((_request, response) => response.end(metrics())).listen(0, '127.0.0.1');
  await once(served, 'listening');
  const port = await freePort();
  const text = await readFile(join(rules, 'rules.yaml'), 'utf8');
  await writeFile(join(folder, 'rules.yaml'), text.replaceAll(/for: (25|49)h/g, 'for: 2s'));
  const config = {
    global: { scrape_interval: '500ms', scrape_timeout: '500ms', evaluation_interval: '500ms' },
    rule_files: [join(folder, 'rules.yaml')],
    scrape_configs: [{ job_name: 'nightly', static_configs: [{ targets: [`127.0.0.1:${portOf(served)}`] }] }],
  };
  await writeFile(join(folder, 'prometheus.yaml'), JSON.stringify(config));
  const argv = [
    `--config.file=${join(folder, 'prometheus.yaml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const child = execa(program('prometheus'), argv, { reject: false, stdin: 'ignore', all: true });
  return {
    alerts: async (): Promise<string[]> => {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/alerts`).catch(() => undefined);
      if (!answer?.ok) return ['no answer yet'];
      const { data } = (await answer.json()) as { data: { alerts: Alert[] } };
      return data.alerts
        .filter(({ state }) => state === 'firing')
        .map(({ labels }) => [labels.alertname, labels.cluster, labels.code].filter(Boolean).join(' '))
        .toSorted();
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await child;
      served.close();
    },
  };
}

describe('A real Prometheus that scrapes the file of a run', () => {
  const cause = 'vxlan-port-filtered-in-path';
  const cluster = outageReport.cluster.name;
  const problem = { code: cause, place: 'a -> b', title: 'x', confidence: 'proved' as const };
  const at = (date: Date, more: Partial<RunReport>) =>
    renderMetrics({ ...outageReport, endedAt: date.toISOString(), ...more }, outageObservations);

  test('fires for a new proved cause at once, for the second unhealthy night, and for runs that are missing', async ({
    skip,
  }) => {
    skip(missing !== undefined, missing);
    const now = new Date();
    let file = at(now, { verdict: 'healthy' });
    await using prometheus = await observed(() => file);
    const fires = (...alerts: string[]) => expect.poll(prometheus.alerts, { timeout: 30_000 }).toEqual(alerts);
    await fires();
    const changes = { problems: [{ ...problem, state: 'new' as const }] } as RunReport['changes'];
    file = at(now, { changes });
    await fires(`NetwrightNewCause ${cluster} ${cause}`, `NetwrightUnhealthy ${cluster}`);
    file = at(now, { changes: { problems: [{ ...problem, state: 'still' as const }] } as RunReport['changes'] });
    await fires(`NetwrightUnhealthy ${cluster}`);
    file = at(now, { verdict: 'healthy' });
    await fires();
    file = at(new Date(now.getTime() - 50 * 3_600_000), { verdict: 'healthy' });
    await fires(`NetwrightRunMissing ${cluster}`);
  }, 180_000);
});
