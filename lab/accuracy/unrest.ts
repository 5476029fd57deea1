import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kubectl } from '../kubectl.ts';
import { APPS, NAMESPACE } from '../workloads/keybuzz.ts';
import type { Unrest } from './scenarios.ts';

/** When probes are rolled out and the first suites are at work, on a machine that is not busy. */
const IN_THE_MIDST_MS = 5_000;

/** Work that takes one whole processor, for as long as the process lives. */
const BURN = 'for (;;) Math.sqrt(Math.random());';

async function settled(kubectl: Kubectl): Promise<void> {
  for (const { name } of APPS)
    await kubectl(['-n', NAMESPACE, 'rollout', 'status', `deployment/${name}`, '--timeout=120s']);
}

/** Begins what goes on beside a run; resolves to what ends it, and waits until the cluster is at rest. */
export async function begin(unrest: Unrest, kubectl: Kubectl): Promise<() => Promise<void>> {
  if (unrest === 'none') return async () => {};
  if (unrest === 'busy') {
    const burners = [0, 1].map((): ChildProcess => spawn(process.execPath, ['-e', BURN], { stdio: 'ignore' }));
    return async () => {
      for (const burner of burners) burner.kill('SIGKILL');
    };
  }
  const stir = async () => {
    await sleep(IN_THE_MIDST_MS);
    for (const { name } of APPS)
      await kubectl([
        '-n',
        NAMESPACE,
        ...(unrest === 'scale-up'
          ? ['scale', `deployment/${name}`, '--replicas=6']
          : ['rollout', 'restart', `deployment/${name}`]),
      ]);
  };
  const stirring = stir();
  return async () => {
    await stirring;
    await settled(kubectl);
    if (unrest !== 'scale-up') return;
    for (const { name } of APPS) await kubectl(['-n', NAMESPACE, 'scale', `deployment/${name}`, '--replicas=3']);
    await settled(kubectl);
  };
}
