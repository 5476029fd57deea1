import { join } from 'node:path';
import { AGNHOST_PACKAGES, AGNHOST_PROGRAMS, agnhostStep } from '../images/agnhost.ts';
import { cacheRoot } from '../paths.ts';
import type { Component } from './component.ts';
import { buildStep, folderOf, kubernetesFlags } from './components.ts';
import { withLock } from './lock.ts';
import { unpackStep } from './packages.ts';
import { printStep } from './print-step.ts';
import { runSteps, type OnStep } from './steps.ts';

/** Kubernetes' own end-to-end tests. Built only where they are asked for. Measured on two busy cores. */
const E2E: Component = {
  name: 'e2e',
  programs: { agnhost: 'k8s.io/kubernetes/test/images/agnhost' },
  tests: { 'e2e.test': 'k8s.io/kubernetes/test/e2e' },
  flags: kubernetesFlags(),
  estimateMs: 300_000,
};

export interface E2eKit {
  /** The program with the tests. */
  program: string;
  /** The image that its pods run, as an OCI archive. */
  imageArchive: string;
}

/**
 * Makes Kubernetes' end-to-end tests and the image of their pods, or finds them in the cache. Throws a NetwrightError
 * that names the step that failed.
 */
export async function prepareE2e(signal: AbortSignal, onStep: OnStep = printStep): Promise<E2eKit> {
  const root = cacheRoot();
  const components = join(root, 'components');
  const folder = await folderOf(components, E2E);
  const debianRoot = join(root, 'e2e-debian-root');
  const imageArchive = join(root, 'images', 'agnhost.tar');
  const steps = [
    buildStep(components, E2E),
    unpackStep(debianRoot, { what: 'askers', packages: AGNHOST_PACKAGES, programs: AGNHOST_PROGRAMS }),
    agnhostStep(imageArchive, { program: join(folder, 'agnhost'), debianRoot }),
  ];
  const waits = () => onStep({ title: 'waiting for another set-up', state: 'running', elapsedMs: 0, leftMs: 0 });
  await withLock(join(root, 'setup.flock'), waits, signal, () => runSteps(steps, onStep, signal));
  return { program: join(folder, 'e2e.test'), imageArchive };
}
