import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadAllYaml } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../lab/run-in.ts';
import { readState } from '../../lab/state.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'netwright-deploy-'));
const helm = join(folder, 'helm');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Named {
  kind: string;
  metadata: { name: string; namespace?: string };
}

const nameOf = ({ kind, metadata: { name, namespace = '' } }: Named) => `${kind} ${namespace}/${name}`;
const objectsIn = (text: string): Record<string, object> =>
  Object.fromEntries(
    (loadAllYaml(text) as (Named | null)[])
      .flatMap((object) => object ?? [])
      // Helm makes the namespace itself, by --create-namespace.
      .filter(({ kind }) => kind !== 'Namespace')
      .map((object) => [nameOf(object), object]),
  );

const chart = (...values: string[]) =>
  run([helm, join(root, 'deploy/helm/netwright'), 'netwright', 'netwright', ...values]);

beforeAll(async () => {
  const source = join(root, 'tests/support/helm');
  await run(['go', 'build', '-trimpath', '-o', helm, '.'], { cwd: source, env: { CGO_ENABLED: '0' } });
}, 600_000);

test('The chart makes by default what the kustomize base makes', async () => {
  const { kubectl } = await readState(process.env['NETWRIGHT_TEST_LAB'] ?? '');
  const base = objectsIn(await run([kubectl, 'kustomize', join(root, 'deploy/kustomize/base')]));
  expect(Object.keys(base)).toContain('CronJob netwright/netwright');
  expect(objectsIn(await chart())).toEqual(base);
}, 60_000);

test("The overlay for K3s is the base with K3s' own storage class", async () => {
  const { kubectl } = await readState(process.env['NETWRIGHT_TEST_LAB'] ?? '');
  const made = async (kustomization: string) =>
    objectsIn(await run([kubectl, 'kustomize', join(root, 'deploy/kustomize', kustomization)]));
  const [base, onK3s] = await Promise.all([made('base'), made('overlays/k3s')]);
  const claim = 'PersistentVolumeClaim netwright/netwright-reports';
  expect(onK3s[claim]).toMatchObject({ spec: { storageClassName: 'local-path' } });
  expect({ ...onK3s, [claim]: undefined }).toEqual({ ...base, [claim]: undefined });
}, 60_000);

test('The chart takes image, time and settings from its values', async () => {
  const values = join(folder, 'values.yaml');
  writeFileSync(
    values,
    'image: registry.local/netwright:9\nschedule: "30 1 * * *"\ntimeZone: Europe/Paris\n' +
      'settings:\n  NETWRIGHT_NAMESPACE: shop\n  NETWRIGHT_CANARY_NODEPORT: "0"\n',
  );
  const made = objectsIn(await chart(values));
  expect(made['CronJob netwright/netwright']).toMatchObject({
    spec: {
      schedule: '30 1 * * *',
      timeZone: 'Europe/Paris',
      jobTemplate: { spec: { template: { spec: { containers: [{ image: 'registry.local/netwright:9' }] } } } },
    },
  });
  expect(made['ConfigMap netwright/netwright']).toMatchObject({
    data: { NETWRIGHT_PROFILE: 'nightly', NETWRIGHT_NAMESPACE: 'shop', NETWRIGHT_CANARY_NODEPORT: '0' },
  });
}, 60_000);

test('The SBOM of the image lists each package that is installed in it, and no other', async () => {
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
  const [, install = '', list = ''] = /(npm ci --omit=dev [^&\\]*) \\\n +&& (npm pkg .*)/.exec(dockerfile) ?? [];
  const app = join(folder, 'app');
  mkdirSync(app);
  for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(root, file), join(app, file));
  await run(['sh', '-c', `${install} --prefer-offline && ${list}`], { cwd: app });
  const { components } = JSON.parse(readFileSync(join(app, 'sbom.cdx.json'), 'utf8')) as {
    components: { name: string }[];
  };
  const { packages } = JSON.parse(readFileSync(join(app, 'node_modules/.package-lock.json'), 'utf8')) as {
    packages: Record<string, object>;
  };
  const names = Object.keys(packages).flatMap((path) => path.split('node_modules/').at(-1) ?? []);
  expect(names).toContain('ssh2');
  expect(components.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
}, 120_000);
