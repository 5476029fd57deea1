import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import pWaitFor from 'p-wait-for';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderMetrics } from '../../helpers/report/metrics.ts';
import { push } from '../../helpers/run/notify.ts';
import { outageObservations, outageReport } from '../unit/report/sample.ts';
import { freePort } from '../unit/nodes/sshd.ts';
import { unpackDebian } from './debian-package.ts';

const folder = mkdtempSync(join(tmpdir(), 'netwright-pushgateway-'));
let missing: string | undefined;

let programs = '';
beforeAll(async () => {
  try {
    programs = await unpackDebian('prometheus-pushgateway', folder);
  } catch (error) {
    missing = String(error);
  }
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('A Pushgateway takes the metrics of a run, keeps one group a cluster, and the last run stands in it', async ({
  skip,
}) => {
  skip(missing !== undefined, missing);
  const url = `http://127.0.0.1:${await freePort()}`;
  const gateway = execa(
    join(programs, 'prometheus-pushgateway'),
    [`--web.listen-address=${url.replace('http://', '')}`],
    { reject: false, stdio: 'ignore' },
  );
  try {
    const ready = () =>
      fetch(`${url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    await pWaitFor(ready, { interval: 100, timeout: { milliseconds: 20_000 } });
    const name = 'prod/eu "1"';
    const report = { ...outageReport, cluster: { ...outageReport.cluster, name } };
    const metrics = renderMetrics(report, outageObservations);
    expect(await push(url, name, metrics)).toBeUndefined();
    expect(await push(`${url}/`, name, metrics.replace(/^(netwright_holes.*) \d+$/m, '$1 7'))).toBeUndefined();
    const shown = await (await fetch(`${url}/metrics`)).text();
    const own = shown.split('\n').filter((line) => line.startsWith('netwright_holes{'));
    expect(own).toEqual([String.raw`netwright_holes{cluster="prod/eu \"1\"",instance="",job="netwright"} 7`]);
    expect(shown).toContain('push_failure_time_seconds{cluster="prod/eu \\"1\\"",instance="",job="netwright"} 0');
    // What is no metric is refused, and said.
    expect(await push(url, name, 'no metrics\n')).toBe(
      'the Pushgateway (NETWRIGHT_PUSHGATEWAY) was answered with status 400',
    );
  } finally {
    gateway.kill();
    await gateway;
  }
}, 60_000);
