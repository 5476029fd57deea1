import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { dumpYaml, loadYaml } from '@kubernetes/client-node';
import { execa } from 'execa';
import { missingRights, nameOfNeed } from '../helpers/cluster/access.ts';
import { connectCluster } from '../helpers/cluster/connect.ts';
import { CANARY_NEEDS, DIAGNOSIS_NEEDS, NEEDS, resourceOf, type Need } from '../helpers/cluster/needs.ts';
import { applyObject } from '../helpers/cluster/objects.ts';
import { leastRoles } from '../helpers/cluster/roles.ts';
import { checkRights } from '../helpers/run/doctor/rights.ts';
import { labPaths, namespaceOf } from '../lab/paths.ts';
import { gateRun } from './lib/gate-run.ts';

// Takes the verbs of the shipped roles away one by one, from a user of a running lab who has nothing else, and wants
// doctor to name each. With --run a run follows each time, which ends with a clear error or does without:
// node scripts/run.js role-verbs --name LAB [--run] [--only PATTERN]. Exit code 1 where one is not named.

const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'role-verbs' },
    run: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    'in-runner': { type: 'boolean', default: false },
  },
});
const TENANT = 'role-verbs';
const ALL = [...NEEDS, ...CANARY_NEEDS, ...DIAGNOSIS_NEEDS];

/** The shipped roles for the tenant, without one right. */
function rolesWithout(gone?: Need) {
  return leastRoles({ kind: 'User', name: TENANT }, TENANT).map((object) => {
    if (!('rules' in object) || object.metadata.namespace !== gone?.namespace) return object;
    const rules = (object.rules ?? []).map(({ verbs, ...rule }) => {
      const isHere = gone && rule.resources?.[0] === resourceOf(gone) && rule.apiGroups?.[0] === gone.group;
      return { ...rule, verbs: isHere ? verbs.filter((verb) => verb !== gone.verb) : verbs };
    });
    return { ...object, rules: rules.filter(({ verbs }) => verbs.length > 0) };
  });
}

/** The lab's kubeconfig, by which its administrator acts as the tenant. */
async function tenantKubeconfig(folder: string): Promise<string> {
  const config = loadYaml<{ users: { user: Record<string, unknown> }[] }>(
    await readFile(labPaths(values.name).kubeconfig, 'utf8'),
  );
  for (const { user } of config.users) user['as'] = TENANT;
  const path = join(folder, 'kubeconfig');
  await writeFile(path, dumpYaml(config), { mode: 0o600 });
  return path;
}

/** What a run under the tenant says of a missing right. */
async function saidByRun(folder: string, kubeconfig: string): Promise<string> {
  const { report, printed, exitCode } = await gateRun(values.name, folder, {
    NETWRIGHT_KUBECONFIG: kubeconfig,
    NETWRIGHT_HTML_REPORT: '0',
  });
  if (!report) return `${exitCode}  ${printed.trim().split('\n').slice(-2).join(' ')}`;
  const open = report.holes.map(({ what, why }) => `${what}: ${why}`);
  return `${exitCode} ${report.verdict}  ${open.join('; ') || 'without a word'}`;
}

async function main(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'netwright-role-verbs-'));
  let unnamed = 0;
  try {
    const path = await tenantKubeconfig(folder);
    const [admin, tenant] = await Promise.all([
      connectCluster({ kubeconfig: { kind: 'files', paths: [labPaths(values.name).kubeconfig] } }),
      connectCluster({ kubeconfig: { kind: 'files', paths: [path] } }),
    ]);
    const given = new Set<string>();
    const give = async (gone?: Need) => {
      const now = rolesWithout(gone).map((object) => ({ object, text: JSON.stringify(object) }));
      for (const { object, text } of now) if (!given.has(text)) await applyObject(admin, object);
      given.clear();
      for (const { text } of now) given.add(text);
      const wanted = gone ? [gone] : [];
      // The API server's own cache of the roles is a moment late.
      for (let tries = 0; tries < 50; tries += 1) {
        const missing = await missingRights(tenant, ALL);
        if (missing.length === wanted.length && missing[0] === wanted[0]) return;
        await sleep(100);
      }
      throw new Error(`the rights do not become all but ${gone ? nameOfNeed(gone) : 'none'}`);
    };
    for (const gone of [undefined, ...ALL.filter((need) => new RegExp(values.only).test(nameOfNeed(need)))]) {
      await give(gone);
      const told = (await checkRights(tenant)).filter(({ state }) => state !== 'ok');
      const name = gone ? nameOfNeed(gone) : 'nothing';
      const holds = gone ? told.length === 1 && told[0]?.text.includes(name) : told.length === 0;
      unnamed += holds ? 0 : 1;
      const costs = told.map(({ state, cost = '' }) => `${state} ${cost}`).join('; ') || 'ok';
      process.stdout.write(`${holds ? 'named' : 'WRONG'}  without ${name}: ${costs}\n`);
      if (values.run) process.stdout.write(`       run: ${await saidByRun(folder, path)}\n`);
    }
    for (const object of rolesWithout()) await admin.objects.delete(object);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  process.stdout.write(`${unnamed} are not named\n`);
  return unnamed > 0 ? 1 : 0;
}

if (values['in-runner']) process.exitCode = await main();
else {
  const inRunner = [
    `--net=/run/netns/${namespaceOf(values.name, 'runner')}`,
    process.execPath,
    ...process.argv.slice(1),
  ];
  const { exitCode } = await execa('nsenter', [...inRunner, '--in-runner'], { reject: false, stdio: 'inherit' });
  process.exitCode = exitCode ?? 1;
}
