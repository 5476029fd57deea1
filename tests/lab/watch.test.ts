import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import type { WatchReport } from '../../helpers/model/watch.ts';
import { inNode, runningNode } from '../../lab/enter.ts';
import { labStatus } from '../../lab/index.ts';
import { reachOf } from '../../lab/faults/lib/force.ts';
import { inNetns, run } from '../../lab/run-in.ts';
import { plainStream, type Gap, type Try } from '../../scripts/lib/plain-stream.ts';

const lab = process.env['NETWRIGHT_TEST_LAB'] as string;
const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const { fabric, runner, nodes } = await labStatus(lab);
const [first, second] = [nodes.at(-2), nodes.at(-1)] as [(typeof nodes)[number], (typeof nodes)[number]];

const CUT_MS = 4_000;
/** What the two may differ by. */
const SECOND_MS = 1_000;

const nft = (...argv: string[]) => run(inNetns(fabric, ['nft', ...argv]));

/** Drops something between the nodes for some seconds, as a person would by hand. */
async function cut(match: string): Promise<void> {
  await nft('add', 'table', 'bridge', 'by_hand');
  await nft('add', 'chain', 'bridge', 'by_hand', 'way', '{ type filter hook forward priority 0; }');
  await nft('add', 'rule', 'bridge', 'by_hand', 'way', ...match.split(' '), 'drop');
  await sleep(CUT_MS);
  await nft('delete', 'table', 'bridge', 'by_hand');
}

/** The longest time without a try that was good: from the first that was not to the next that was. */
function gapOf(tries: readonly Try[]): Gap {
  const sorted = tries.toSorted((a, b) => a.atMs - b.atMs);
  const gaps = sorted.flatMap(({ atMs, isGood }, index): Gap[] => {
    if (isGood || sorted[index - 1]?.isGood === false) return [];
    const next = sorted.slice(index).find((each) => each.isGood);
    return next ? [{ startMs: atMs, endMs: next.atMs }] : [];
  });
  return gaps.toSorted((a, b) => b.endMs - b.startMs - (a.endMs - a.startMs))[0] ?? { startMs: 0, endMs: 0 };
}

/** ping by the tunnel's own address of another node, ten times a second, for so many seconds. */
async function pinging(seconds: number): Promise<Gap> {
  const addresses = inNode(await runningNode(lab, second.name), ['ip', '-4', '-o', 'addr', 'show', 'dev', 'flannel.1']);
  const target = /inet ([\d.]+)/.exec(await run(addresses))?.[1] ?? '';
  const ping = ['ping', '-D', '-i', '0.1', '-W', '1', '-w', String(seconds), target];
  // Some are lost: that is what it is for, and its exit code says so.
  const [file = '', ...args] = inNode(await runningNode(lab, first.name), ping);
  const { stdout } = await execa(file, args, { reject: false });
  const replies = [...stdout.matchAll(/^\[([\d.]+)\].*icmp_seq=(\d+)/gm)].map(([, at, number]) => ({
    atMs: Number(at) * 1_000,
    number: Number(number),
  }));
  const index = replies.findIndex(({ number }, at) => at > 0 && number - (replies[at - 1]?.number ?? 0) > 2);
  return { startMs: (replies[index - 1]?.atMs ?? 0) + 100, endMs: replies[index]?.atMs ?? 0 };
}

/** Connects to a NodePort of the lab ten times a second, by a program that knows nothing of Netwright. */
function connecting(): () => Promise<Gap> {
  const end = plainStream((argv) => inNetns(runner, argv), second.address, 30_080);
  return async () => gapOf(await end());
}

/** Runs the command as a user would, does something meanwhile, and gives what it says. */
async function watched(during: () => Promise<void>): Promise<{ report: WatchReport; files: string[]; live: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'netwright-watch-'));
  try {
    const argv = [MAIN, 'watch', '--target', `lab:${lab}`, '--json', '--reports-dir', folder];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
    const printed = text(child.stdout);
    let live = '';
    const begun = new Promise<void>((resolve) =>
      child.stderr.on('data', (chunk: Buffer) => {
        live += chunk.toString();
        if (/ s watching\n/.test(live)) resolve();
      }),
    );
    await begun;
    await sleep(6_000);
    await during();
    child.kill('SIGINT');
    const report = JSON.parse(await printed) as WatchReport;
    const [runFolder = ''] = await readdir(folder);
    return { report, files: await readdir(join(folder, runFolder)), live };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const gapsOf = (report: WatchReport, pathClass: string, from: string, to: string, isLongLived = false): Gap[] =>
  report.paths
    .filter((path) => path.pathClass === pathClass && path.from === from && path.to === to)
    .filter((path) => path.isLongLived === isLongLived)
    .flatMap(({ interruptions }) =>
      interruptions.map(({ startedAt, durationMs }) => {
        const startMs = Date.parse(startedAt);
        return { startMs, endMs: startMs + durationMs };
      }),
    );

describe('a watch', () => {
  let report: WatchReport;
  let files: string[];
  let live: string;
  let [overlay, nodePort]: Gap[] = [];

  beforeAll(async () => {
    ({ report, files, live } = await watched(async () => {
      const [ping, client] = [pinging(25), connecting()];
      await sleep(2_000);
      await cut('udp dport 8472');
      overlay = await ping;
      await cut(`ip daddr ${second.address} tcp dport 30000-32767`);
      await sleep(4_000);
      nodePort = await client();
    }));
  }, 180_000);

  it('times an interruption between pods as ping beside it does, within a second', () => {
    const gaps = gapsOf(report, 'pod-pod', first.name, second.name);
    expect(gaps).toHaveLength(1);
    expect(Math.abs(Number(gaps[0]?.startMs) - Number(overlay?.startMs))).toBeLessThan(SECOND_MS);
    expect(Math.abs(Number(gaps[0]?.endMs) - Number(overlay?.endMs))).toBeLessThan(SECOND_MS);
  });

  it('times one of a NodePort as a client beside it does, within a second', () => {
    const gaps = gapsOf(report, 'node-port', 'outside', second.name).filter(
      ({ startMs }) => startMs > Number(overlay?.endMs),
    );
    expect(gaps).toHaveLength(1);
    expect(Math.abs(Number(gaps[0]?.startMs) - Number(nodePort?.startMs))).toBeLessThan(SECOND_MS);
    expect(Math.abs(Number(gaps[0]?.endMs) - Number(nodePort?.endMs))).toBeLessThan(SECOND_MS);
  });

  it("has none of what the fault does not touch: the nodes' own network", () => {
    expect(report.paths.filter((path) => path.pathClass === 'host-host').flatMap((path) => path.interruptions)).toEqual(
      [],
    );
  });

  it('says so while it happens, and leaves a report with a picture', () => {
    expect(live).toMatch(/pod to pod, new connections: \d+ of \d+ interrupted/);
    expect(live).toMatch(/pod to pod, new connections: answered again after \d+\.\d s/);
    expect(files).toEqual(expect.arrayContaining(['watch.json', 'summary.md', 'timeline.svg', 'allure.html']));
  });

  it('leaves nothing in the cluster', async () => {
    const { kubectl } = await reachOf(lab);
    await sleep(8_000);
    expect(await kubectl(['get', 'namespaces', '-o', 'name'])).not.toContain('netwright-');
  });
});
