import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { labPaths, namespaceOf } from '../lab/paths.ts';
import { readState } from '../lab/state.ts';
import { root } from './generated/document.ts';

// The way of a newcomer with nothing but the README: a bare folder, the package as npm packs it, a kubeconfig, the
// three steps of "Your own cluster", and the first screen. Against a running lab, from where its API is reached:
// node scripts/run.js newcomer --name LAB. Exit code 1 where a step does not do what the README says.

const { values } = parseArgs({ options: { name: { type: 'string', default: 'newcomer' } } });
const lab = values.name;
const folder = await mkdtemp(join(tmpdir(), 'netwright-newcomer-'));
const home = join(folder, 'home');
const project = join(folder, 'project');

/** How npm is told of the registry and of whom to trust there; a bare home has none of it. */
async function registrySettings(): Promise<Record<string, string>> {
  const { stdout } = await execa('npm', ['config', 'get', 'registry', 'cafile'], { cwd: root });
  const own = Object.fromEntries(
    stdout.split('\n').flatMap((line) => {
      const [key = '', value = 'null'] = line.split(/=(.*)/);
      return value === 'null' || value === 'undefined' ? [] : [[`npm_config_${key}`, value]];
    }),
  );
  const trusted = process.env['NODE_EXTRA_CA_CERTS'];
  return { ...own, ...(trusted !== undefined && { NODE_EXTRA_CA_CERTS: trusted }) };
}

/** Nothing of this shell's but the programs and the registry: Node as new as the package asks for comes first. */
const environment = {
  PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
  HOME: home,
  ...(await registrySettings()),
};
let failed = 0;

interface Step {
  cwd?: string;
  /** Where only the lab's runner has the way to it. */
  inLab?: boolean;
  /** What the README promises of its output, and of its exit code. */
  wants?: RegExp;
  code?: number;
}

/** Types a command as the newcomer does, and holds what comes of it to what was promised. */
async function step(what: string, command: string, { cwd = project, inLab, wants, code = 0 }: Step = {}) {
  const typed = ['bash', '-c', command];
  const [file = '', ...args] = inLab ? ['nsenter', `--net=/run/netns/${namespaceOf(lab, 'runner')}`, ...typed] : typed;
  const begunMs = performance.now();
  const { stdout, stderr, exitCode } = await execa(file, args, {
    cwd,
    env: environment,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
  const holds = exitCode === code && (wants === undefined || wants.test(`${stdout}\n${stderr}`));
  failed += holds ? 0 : 1;
  const seconds = ((performance.now() - begunMs) / 1000).toFixed(1);
  process.stdout.write(`${holds ? 'holds' : 'WRONG'}  ${what} (${seconds} s): ${command}\n`);
  for (const line of (holds ? stdout : `${stdout}\n${stderr}`).trim().split('\n').slice(0, 12))
    process.stdout.write(`         ${line}\n`);
}

try {
  const { probeImage } = await readState(lab);
  await mkdir(join(home, '.kube'), { recursive: true });
  await mkdir(project);
  await step(
    'the package is packed',
    `npm run --silent build && npm pack --ignore-scripts --pack-destination ${folder}`,
    {
      cwd: root,
    },
  );
  await copyFile(labPaths(lab).kubeconfig, join(home, '.kube', 'config'));
  await step('install', `npm init -y > /dev/null && npm install -D ${folder}/netwright-*.tgz`);
  await step('it is there', 'npx netwright --version', { wants: /^\d+\.\d+\.\d+/ });
  // The lab has no registry: its nodes cannot pull the image that is the default, and the first screen says what helps.
  await step('a first run without a registry names the variable', 'npx netwright run', {
    inLab: true,
    wants: /NETWRIGHT_PROBE_IMAGE/,
    code: 3,
  });
  await writeFile(
    join(project, '.env'),
    `NETWRIGHT_PROBE_IMAGE=${probeImage}\nNETWRIGHT_PROBE_NODE_PATH=/usr/bin/node\n`,
  );
  await step('the run', 'npx netwright run', { inLab: true, wants: /^HEALTHY {2}/ });
  await step(
    'the recording says the same',
    'npx netwright diagnose "$(ls -d reports/2* | tail -1)/observations.ndjson"',
    {
      wants: /no cause was found/,
    },
  );
  await step('undo leaves nothing', 'npx netwright clean', { inLab: true });
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.stdout.write(`${failed} steps do not hold\n`);
process.exitCode = failed > 0 ? 1 : 0;
