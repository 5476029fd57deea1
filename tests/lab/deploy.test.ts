import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
