import { cp, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import { bundlePath, makeBundle } from '../helpers/bundle.ts';
import { packageRoot } from '../helpers/package-root.ts';
import { AGENT } from '../helpers/probe/bundle.ts';
import { WORKLOADS } from '../lab/images/index.ts';

// npm run build: writes dist/, which the package ships. Plain JavaScript, and beside it, each as one file, the programs
// that run elsewhere: the agent in the probe pods, the lab's workloads in their images.

const dist = join(packageRoot, 'dist');
const built = (path: string): string => join(dist, relative(packageRoot, path));

/** What the lab needs beside its sources; tsc does not copy it. */
const SCRIPTS = ['calico', 'init', 'launch', 'supervise', 'switch'];
const ASSETS = ['lab/components', ...SCRIPTS.map((name) => `lab/node/${name}.sh`)];

await rm(dist, { recursive: true, force: true });
await execa('tsc', ['--project', 'tsconfig.build.json'], { cwd: packageRoot, preferLocal: true, stdio: 'inherit' });
for (const asset of ASSETS) await cp(join(packageRoot, asset), join(dist, asset), { recursive: true });
for (const program of [AGENT, ...WORKLOADS]) await writeFile(built(bundlePath(program)), await makeBundle(program));
