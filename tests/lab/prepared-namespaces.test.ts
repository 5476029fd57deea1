import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leastRoles } from '../../helpers/cluster/roles.ts';
import { labPaths } from '../../lab/paths.ts';
import { Authority } from '../unit/cluster/certificates.ts';
import { kubeconfigText } from '../unit/cluster/fake-api.ts';
import { LabBench } from './bench.ts';

const PREPARED: [string, string] = ['guests', 'guests-host'];
let bench: LabBench;
let tenant: Record<string, string>;

beforeAll(async () => {
  bench = await LabBench.open();
  const { pki } = labPaths(bench.status.name);
  const read = (name: string) => readFileSync(join(pki, name), 'utf8');
  const authority = new Authority(bench.folder, { certificate: read('ca.crt'), key: read('ca.key') });
  const clientCertificate = authority.issue('/CN=tenant');
  const kubeconfig = { server: 'https://10.0.0.100:6443', ca: authority.certificate, clientCertificate };
  tenant = { NETWRIGHT_KUBECONFIG: bench.write('kubeconfig-tenant', kubeconfigText(kubeconfig)) };
  const items = [
    ...PREPARED.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    ...leastRoles({ kind: 'User', name: 'tenant' }, 'tenant', PREPARED),
  ];
  await bench.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}, 60_000);
afterAll(async () => {
  await bench.kubectl(['delete', 'namespaces', ...PREPARED, '--wait=false']);
  bench[Symbol.dispose]();
});

describe('a user who may make no namespace', () => {
  it('is told of that right where none is prepared', async () => {
    const { code, stderr } = await bench.run(['run'], tenant);
    expect([code, stderr]).toEqual([3, expect.stringContaining('may not: create namespaces')]);
  });

  it.each([
    ['two prepared namespaces, one a network', PREPARED.join(',')],
    ['one prepared namespace for both networks', PREPARED[1]],
  ])(
    'runs with %s, and nothing of the run is left there',
    async (_title, namespace) => {
      const env = { ...tenant, NETWRIGHT_PROBE_NAMESPACE: namespace };
      const ended = await bench.run(['run', '--suite', 'pod-to-pod'], env);
      const open = ended.report?.holes.filter(({ isByChoice }) => !isByChoice);
      expect([ended.code, ended.report?.verdict, open]).toEqual([0, 'healthy', []]);
      const cleaned = await bench.run(['clean'], env);
      expect(cleaned.stdout).toContain('nothing of Netwright is on the cluster');
    },
    180_000,
  );
});
