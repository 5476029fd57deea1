import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { labDown, labStatus, labUp, listLabs } from '../../lab/index.ts';
import type { Kit } from '../../lab/kit.ts';
import { kubectlFor } from '../../lab/kubectl.ts';
import { cacheRoot, cgroupOf, labPaths, namespaceOf } from '../../lab/paths.ts';
import { processesOf } from '../../lab/processes.ts';
import { owning, run, startDetached } from '../../lab/run-in.ts';
import { prepareKit } from '../../lab/setup/index.ts';

// One name begins with the other: neither may be taken for the other's.
const NAMES = ['nwlife', 'nwlife-2'] as const;
const [first, second] = NAMES;
let kit: Kit;

/** All on this machine that bears a lab's name. */
async function leftOf(lab: string): Promise<string[]> {
  const belongs = new RegExp(`(^|[^a-z0-9-])(netwright-)?${lab}(-(fabric|runner|edge|k3s-[a-z]+-\\d+))?($|[^a-z0-9-])`);
  const groups = (await readdir('/sys/fs/cgroup', { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join('/sys/fs/cgroup', name));
  const cgroups = (
    await Promise.all(groups.map(async (group) => (await readdir(group)).map((name) => `cgroup ${name}`)))
  ).flat();
  const found = [
    ...(await run(['ip', 'netns', 'list'])).split('\n'),
    ...(await readFile('/proc/self/mounts', 'utf8')).split('\n'),
    ...cgroups,
    ...(await readdir('/etc/netns').catch(() => [])),
    ...(await listLabs()),
  ];
  return [
    ...found.filter((line) => belongs.test(line)),
    ...(await processesOf(lab, [])).map((pid) => `process ${pid}`),
  ];
}

const SYSCTLS = [
  'fs/inotify/max_user_instances',
  'fs/inotify/max_user_watches',
  'fs/file-max',
  'net/ipv4/neigh/default/gc_thresh3',
];
const hostLimits = (): Promise<string[]> => Promise.all(SYSCTLS.map((name) => readFile(`/proc/sys/${name}`, 'utf8')));

/** A checksum of the storage that all nodes share by hard links. */
async function templateSum(): Promise<string> {
  const listing = await run(['sh', '-c', 'find . -type f -print0 | sort -z | xargs -0 sha256sum'], {
    cwd: kit.containerdTemplate,
    maxBuffer: 1e8,
  });
  return createHash('sha256').update(listing).digest('hex');
}

const nodeNames = (lab: string): Promise<string> =>
  kubectlFor(lab, join(kit.binDir, 'kubectl'))(['get', 'nodes', '-o', 'name']);

/** The pid of a process that does nothing, started as those of a lab are. */
const sleeper = (lab: string): Promise<number> =>
  owning(lab, () => Promise.resolve(startDetached(['sleep', '60'], '/dev/null')));

beforeAll(async () => {
  kit = await prepareKit({ signal: new AbortController().signal });
  for (const name of NAMES) await labDown(name);
});

afterAll(async () => {
  for (const name of NAMES) await labDown(name);
});

describe('two labs, the name of one beginning with that of the other', () => {
  it('come up at the same time, answer side by side, and one outlives the other', async () => {
    const [othersBefore, limitsBefore, sumBefore] = [await listLabs(), await hostLimits(), await templateSum()];
    await Promise.all(NAMES.map((name) => labUp({ name, topology: 1, kit })));
    expect(await labStatus(second)).toMatchObject({
      name: second,
      topology: 1,
      phase: 'up',
      fabric: 'nwlife-2-fabric',
      runner: 'nwlife-2-runner',
      kubeconfig: labPaths(second).kubeconfig,
      nodes: [
        {
          name: 'k3s-master-01',
          role: 'server',
          address: '10.0.0.100',
          namespace: 'nwlife-2-k3s-master-01',
          pid: expect.any(Number),
        },
      ],
    });
    await expect(labUp({ name: first, topology: 1, kit })).rejects.toMatchObject({
      message: 'a lab named nwlife is already up',
      hint: 'netwright lab down --name nwlife',
    });
    expect(await leftOf(first)).not.toEqual([]);
    expect(await labDown(first)).toBe(true);
    expect(await leftOf(first)).toEqual([]);
    expect(await nodeNames(second)).toBe('node/k3s-master-01');
    expect(await labDown(second)).toBe(true);
    expect(await leftOf(second)).toEqual([]);
    expect(await templateSum()).toBe(sumBefore);
    // Other labs on this machine still need what was raised.
    const comparable = othersBefore.length === 0;
    expect(comparable ? await hostLimits() : limitsBefore).toEqual(limitsBefore);
  });
});

describe('a start that is killed', () => {
  // From the first file of the lab on: while namespaces are made, while nodes are launched, while the control plane
  // starts.
  it.each([0, 150, 600, 1500, 4000])(
    'leaves nothing behind after a lab down, %i ms after it began',
    async (afterMs) => {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'start-lab.ts'), first, 'small'], {
        stdio: 'ignore',
      });
      const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
      while (!existsSync(labPaths(first).state)) {
        if (child.exitCode !== null) throw new Error('the start ended by itself');
        await sleep(5);
      }
      await sleep(afterMs);
      child.kill('SIGKILL');
      expect(await ended).toBe('SIGKILL');
      await expect(labUp({ name: first, topology: 'small', kit })).rejects.toMatchObject({
        message: expect.stringContaining('did not come up'),
        hint: 'netwright lab down --name nwlife',
      });
      expect(await labDown(first)).toBe(true);
      // What was being forked at that moment would show only now.
      await sleep(300);
      expect(await leftOf(first)).toEqual([]);
    },
  );
});

describe('a process that was started for a lab and is in none of its cgroups and namespaces yet', () => {
  it('ends with the lab, and one of a lab with a longer name goes on', async () => {
    const [own, other] = [await sleeper(first), await sleeper(second)];
    await sleep(100);
    await labDown(first);
    expect([await processesOf(first, []), await processesOf(second, [])]).toEqual([[], [other]]);
    await labDown(second);
    expect([await processesOf(second, []), existsSync(`/proc/${own}/exe`)]).toEqual([[], false]);
  });
});

describe('a lab that is not there', () => {
  it('is no error to take down, and says that there was nothing', async () => {
    expect(await labDown('nwlife-none')).toBe(false);
  });

  it('is named when its status is asked for', async () => {
    await expect(labStatus('nwlife-none')).rejects.toMatchObject({
      code: 'lab-unknown',
      message: 'there is no lab named nwlife-none',
    });
  });
});

describe('programs that are started in a cgroup that nobody has made yet', () => {
  it('all start, though they make it at the same moment', async () => {
    await run(['ip', 'netns', 'add', namespaceOf(first, 'runner')]);
    const launch = join(import.meta.dirname, '../../lab/node/launch.sh');
    const rounds = Array.from({ length: 8 }, (_, round) =>
      Array.from({ length: 16 }, () => [
        launch,
        `${cgroupOf(first)}/crowd-${round}`,
        namespaceOf(first, 'runner'),
        'true',
      ]),
    );
    for (const starts of rounds)
      expect(
        (await Promise.allSettled(starts.map((argv) => run(argv)))).filter(({ status }) => status === 'rejected'),
      ).toEqual([]);
    await labDown(first);
    expect(await leftOf(first)).toEqual([]);
  });
});

it('A lab whose programs and folders lie below /var comes up, though its nodes have a /var of their own', async () => {
  const folder = await mkdtemp('/var/tmp/netwright-cache-');
  const name = 'nwlife-var';
  try {
    for (const entry of await readdir(cacheRoot()))
      if (entry !== 'labs') await run(['cp', '-al', join(cacheRoot(), entry), folder]);
    vi.stubEnv('NETWRIGHT_CACHE_DIR', folder);
    await labUp({ name, topology: 1, kit: await prepareKit({ signal: new AbortController().signal }) });
    expect((await labStatus(name)).nodes).toHaveLength(1);
  } finally {
    await labDown(name);
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  }
}, 120_000);
