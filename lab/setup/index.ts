import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { imageSteps, IMAGES } from '../images/index.ts';
import type { Kit } from '../kit.ts';
import { isLight } from '../makes/nodes.ts';
import { templateStep } from '../node/template.ts';
import { USUAL } from '../makes/settings.ts';
import { cacheRoot } from '../paths.ts';
import {
  binDirOf,
  binStep,
  calicoDirOf,
  componentsAreBuilt,
  componentSteps,
  lightDirOf,
  policyDirOf,
  type Wanted,
} from './components.ts';
import { unpackImageSteps } from './light.ts';
import { withLock } from './lock.ts';
import { nodeBinary } from './node-binary.ts';
import { CNI_BIN_DIR, installStep, missingPackages, unpackStep } from './packages.ts';
import { missingOf, readMachine, refuseIfMissing } from './preflight.ts';
import { printStep } from './print-step.ts';
import { areDone, runSteps, type OnStep } from './steps.ts';

/** What the components' go.mod files say. */
const GO_VERSION = '1.26';

export interface PrepareKitOptions {
  signal: AbortSignal;
  onStep?: OnStep;
  /** What the lab differs in, where that needs more than every lab does. */
  settings?: Wanted;
}

/**
 * Makes all that labs are started from, or finds it in the cache: Debian packages, Kubernetes components built from
 * source, images, node storage. The first time takes about ten minutes on two cores, later times a moment. Throws a
 * NetwrightError: a usage error that lists what this machine lacks, before anything is begun, or the step that failed.
 */
export async function prepareKit({ signal, onStep = printStep, settings = USUAL }: PrepareKitOptions): Promise<Kit> {
  const root = cacheRoot();
  await mkdir(root, { recursive: true });
  const components = join(root, 'components');
  const [builds, installs] = [!(await componentsAreBuilt(components, settings)), missingPackages().length > 0];
  refuseIfMissing(missingOf(await readMachine(root), { builds, installs, go: GO_VERSION }));
  const kit: Kit = {
    binDir: await binDirOf(components),
    policyBinDir: await policyDirOf(components),
    calicoBinDir: await calicoDirOf(components),
    lightBinDir: await lightDirOf(components),
    cniBinDir: CNI_BIN_DIR,
    debianRoot: join(root, 'debian-root'),
    nodeBinary: nodeBinary(),
    imagesDir: join(root, 'images'),
    images: IMAGES,
    containerdTemplate: join(root, 'containerd-template'),
  };
  await mkdir(kit.imagesDir, { recursive: true });
  const programs = [
    installStep(),
    unpackStep(kit.debianRoot),
    ...componentSteps(components, settings),
    binStep(components),
  ];
  const unpacked = isLight(settings) ? unpackImageSteps(kit) : [];
  const storage = [...imageSteps(kit), templateStep(kit), ...unpacked];
  // Who has nothing to make need not wait for one who builds what he does not want.
  if ((await areDone(programs)) && (await areDone(storage))) return kit;
  await withLock(
    join(root, 'setup.flock'),
    () => onStep({ title: 'waiting for another set-up', state: 'running', elapsedMs: 0, leftMs: 0 }),
    signal,
    async () => {
      await runSteps(programs, onStep, signal);
      await runSteps(storage, onStep, signal);
    },
  );
  return kit;
}
