import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { run } from '../lab/run-in.ts';
import { LabBench, type Started } from '../tests/lab/bench.ts';
import { DECOYS, differences, untilSame, wholeCluster } from './lib/whole-cluster.ts';

// Ends runs against a lab at many moments and in many ways, or takes the API server or a node away meanwhile. After
// the next run, or netwright clean, nothing of ours may be left and nothing of the user's missing:
// node scripts/run.js kills --name LAB [--count 30] [--from 0]. Exit code 1 where something is.

const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'kills' },
    count: { type: 'string', default: '30' },
    from: { type: 'string', default: '0' },
  },
});
const SERVER = 'k3s-master-01';
const WORKER = 'k3s-worker-02';
const bench = await LabBench.open(values.name);

const MOMENTS: [string, (started: Started) => Promise<void>][] = [
  ['at its start', (started) => started.says('connecting')],
  ['while probes are rolled out', (started) => started.says('rolling out probes')],
  ['at the first probe', (started) => started.observes(1)],
  ['amid pod-to-pod', (started) => started.observes(40)],
  ['after pod-to-pod', (started) => started.says(/^.*pod-to-pod +ok/m)],
  ['amid the Services', (started) => started.observes(250)],
  ['while it is diagnosed', (started) => started.says('diagnosing')],
];

const onServer = (script: string) =>
  bench.onNode(SERVER, 'sh', '-c', `pid=$(cat /run/netwright/kube-apiserver.pid); ${script}`);
/** Nothing comes in or goes out any more, as of a machine that lost its power. */
const LOST = `table inet lost {
  chain in { type filter hook prerouting priority -400; iifname != "lo" drop; }
  chain out { type filter hook postrouting priority 400; oifname != "lo" drop; }
}`;

const signal = (name: NodeJS.Signals) => async (started: Started) => {
  started.kill(name);
  await started.ended;
};
const WAYS: [string, (started: Started) => Promise<void>][] = [
  ['SIGINT', signal('SIGINT')],
  ['SIGTERM', signal('SIGTERM')],
  ['SIGKILL', signal('SIGKILL')],
  [
    'the API server is started again',
    async (started) => {
      await onServer('kill -9 "$pid"');
      await started.ended;
    },
  ],
  [
    'the API server hangs for 8 s',
    async (started) => {
      await onServer('kill -STOP "$pid"; sleep 8; kill -CONT "$pid"');
      await started.ended;
    },
  ],
  [
    'a node is lost for 25 s',
    async (started) => {
      await bench.onNode(WORKER, 'sh', '-c', `printf '%s' '${LOST}' | nft -f -`);
      try {
        await Promise.race([started.ended, sleep(25_000)]);
      } finally {
        await bench.onNode(WORKER, 'nft', 'delete', 'table', 'inet', 'lost');
        await bench.kubectl(['wait', '--for=condition=Ready', 'nodes', '--all', '--timeout=90s']);
      }
      await started.ended;
    },
  ],
];

/** What waiting for half a minute would do: the lock of a run that was killed runs out. */
async function agedLock(): Promise<void> {
  const renewTime = new Date(Date.now() - 31_000).toISOString().replace('Z', '000Z');
  const patch = JSON.stringify({ spec: { renewTime } });
  const lease = ['-n', 'kube-system', 'patch', 'lease', 'netwright-run', '--type=merge', '-p', patch];
  await bench.kubectl(lease).catch(() => {});
}

async function processes(): Promise<string[]> {
  for (let tries = 0; ; tries += 1) {
    const pids = (await run(['ip', 'netns', 'pids', bench.status.runner])).split('\n').filter(Boolean);
    if (pids.length === 0 || tries === 40) return pids;
    await sleep(500);
  }
}

const unreachable = (): never => {
  throw new Error('an index beyond its list');
};

/** One run that is ended so at that moment; what is wrong afterwards. */
async function tried(index: number, before: ReadonlySet<string>): Promise<string[]> {
  const [moment, reached] = MOMENTS[index % MOMENTS.length] ?? unreachable();
  const [way, end] = WAYS[index % WAYS.length] ?? unreachable();
  const isByRun = index % 4 === 3;
  process.stdout.write(`${index}  ${way}, ${moment}; then ${isByRun ? 'the next run' : 'netwright clean'}\n`);
  const temporary = join(bench.folder, `tmp-${index}`);
  mkdirSync(temporary);
  const started = bench.start(['run'], { NETWRIGHT_HTML_REPORT: '0', TMPDIR: temporary });
  await reached(started);
  await end(started);
  const { code } = await started.ended;
  const wrong = (await processes()).map((pid) => `process ${pid} is there`);
  await onServer('until curl -ksf https://127.0.0.1:6443/readyz; do sleep 0.2; done');
  if (isByRun) await agedLock();
  const next = await bench.run(isByRun ? ['run', '--suite', 'cluster-ip'] : ['clean']);
  if (next.code !== 0) wrong.push(`what came next ended with ${next.code}: ${next.stderr.trim()}`);
  await untilSame(bench.kubectl, before);
  wrong.push(...differences(before, await wholeCluster(bench.kubectl)));
  wrong.push(...readdirSync(temporary).map((name) => `${name} is left in the folder of temporary files`));
  process.stdout.write(`   it ended with ${code}\n`);
  return wrong;
}

let failed = 0;
try {
  await bench.kubectl(['apply', '-f', '-'], JSON.stringify(DECOYS));
  const before = await wholeCluster(bench.kubectl);
  for (let index = Number(values.from); index < Number(values.from) + Number(values.count); index += 1) {
    const wrong = await tried(index, before).catch((error: unknown) => [`not tried: ${String(error)}`]);
    for (const each of wrong) process.stdout.write(`   WRONG  ${each}\n`);
    failed += wrong.length > 0 ? 1 : 0;
  }
  await bench.kubectl(['delete', '-f', '-'], JSON.stringify(DECOYS));
} finally {
  bench[Symbol.dispose]();
}
process.stdout.write(`${failed} do not hold\n`);
process.exitCode = failed > 0 ? 1 : 0;
