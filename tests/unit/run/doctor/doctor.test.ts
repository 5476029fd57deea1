import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../../helpers/config/load.ts';
import { catalogue } from '../../../../helpers/diagnose/catalogue/index.ts';
import { diagnose } from '../../../../helpers/diagnose/index.ts';
import { sshCauses } from '../../../../helpers/diagnose/ssh-causes.ts';
import type { Check } from '../../../../helpers/run/doctor/check.ts';
import { examine } from '../../../../helpers/run/doctor/doctor.ts';
import { readRecorded } from '../../../../lab/accuracy/recorded.ts';
import { ApiBench } from '../../cluster/client.ts';
import { status, VERSION, type Answer, type Answers } from '../../cluster/fake-api.ts';

let bench: ApiBench;
beforeAll(() => {
  bench = new ApiBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

interface Cluster {
  /** Rights that are missing, as `verb resource`. */
  missing?: string[];
  pods?: object[];
  /** What is answered to an object that is tried. */
  tried?: (object: { kind: string; metadata: { namespace?: string } }) => Answer;
  slow?: (path: string) => boolean;
}

const list = (items: object[]): Answer => ({ status: 200, body: { kind: 'List', metadata: {}, items } });
const nodes = ['a', 'b'].map((name, index) => ({
  metadata: { name },
  status: { addresses: [{ type: 'InternalIP', address: `127.0.0.${index + 1}` }] },
}));

const answers =
  ({ missing = [], pods = [], tried, slow = () => false }: Cluster): Answers =>
  async ({ method, path, body }) => {
    if (slow(path)) await sleep(20_000, undefined, { ref: false });
    if (path === '/version') return VERSION;
    if (path.includes('selfsubjectaccessreviews')) {
      const { spec } = JSON.parse(body) as { spec: { resourceAttributes: { verb: string; resource: string } } };
      const { verb, resource } = spec.resourceAttributes;
      return { status: 201, body: { status: { allowed: !missing.includes(`${verb} ${resource}`) } } };
    }
    if (method !== 'GET') {
      const object = JSON.parse(body) as { kind: string; metadata: { namespace?: string } };
      if (!path.includes('dryRun=All')) throw new Error(`${method} ${path} would change the cluster`);
      return tried?.(object) ?? { status: 200, body: object };
    }
    if (path.startsWith('/api/v1/nodes')) return list(nodes);
    if (path.startsWith('/api/v1/pods')) return list(pods);
    if (path.startsWith('/api/v1/services')) return list([]);
    if (path === '/api/v1' || path === '/apis/apps/v1')
      return {
        status: 200,
        body: {
          kind: 'APIResourceList',
          resources: [
            { name: 'namespaces', kind: 'Namespace', namespaced: false },
            { name: 'pods', kind: 'Pod', namespaced: true },
            { name: 'daemonsets', kind: 'DaemonSet', namespaced: true },
          ],
        },
      };
    return status(404, 'NotFound', path);
  };

async function examined(cluster: Cluster, env: Record<string, string> = {}): Promise<Check[]> {
  const server = await bench.serve(answers(cluster));
  const config = loadConfig({
    env: { NETWRIGHT_KUBECONFIG: bench.kubeconfig(server), HOME: bench.folder, ...env },
    cwd: bench.folder,
  });
  return examine(config, new AbortController().signal);
}
const named = (checks: Check[], name: string) => checks.filter((check) => check.name === name);

describe('netwright doctor', () => {
  test('finds all that a run needs where it is, and writes nothing', async () => {
    const checks = await examined({});
    expect(checks.filter(({ state }) => state !== 'ok').map(({ name }) => name)).toEqual(['SSH']);
    expect(named(checks, 'cluster')).toMatchObject([{ text: 'test, Kubernetes v1.34.4, 2 nodes' }]);
  });

  test('counts what it costs to have no SSH, from the catalogue', async () => {
    const settled = catalogue.filter(({ sets }) => sets && sets.length > 0).length;
    expect(named(await examined({}), 'SSH')).toMatchObject([
      { state: 'lack', cost: `without SSH ${settled} of ${catalogue.length} causes may stay candidates` },
    ]);
  });

  test('blocks where a right of the run itself is missing, and names it', async () => {
    const [rights] = named(await examined({ missing: ['create namespaces'] }), 'rights');
    expect(rights).toMatchObject({
      state: 'block',
      text: expect.stringContaining('create namespaces'),
      hint: expect.stringContaining('NETWRIGHT_PROBE_NAMESPACE'),
    });
  });

  test('asks for rights where the probes are to be, when their namespaces are prepared', async () => {
    const env = { NETWRIGHT_PROBE_NAMESPACE: 'guests' };
    const [rights] = named(await examined({ missing: ['create namespaces'] }, env), 'rights');
    expect(rights).toMatchObject({ state: 'ok', text: expect.stringContaining('in guests') });
  });

  test('says what goes without the rights that a run can do without', async () => {
    const checks = await examined({ missing: ['create services', 'list networkpolicies'] });
    expect(named(checks, 'rights')).toMatchObject([{ state: 'ok' }]);
    expect(named(checks, 'own Service')).toMatchObject([{ state: 'lack' }]);
    expect(named(checks, 'rights to read more')).toMatchObject([
      { cost: 'the diagnosis does without networkpolicies, and says so where something fails' },
    ]);
  });

  test('tells an Ingress that cannot be made from a Service, and a log from its pod', async () => {
    const checks = await examined({ missing: ['patch ingresses', 'get pods'] });
    expect(named(checks, 'own Service')).toMatchObject([
      { cost: 'no Ingress of its own is tested, only those that are there' },
    ]);
    expect(named(checks, 'rights to read more')).toMatchObject([
      { cost: 'the diagnosis does without pods, pods/log, and says so where something fails' },
    ]);
  });

  test('has a policy against a network of its pods said in its own words, with what that costs', async () => {
    const refused = status(403, 'Forbidden', 'admission webhook "p.test" denied the request: no host network');
    const checks = await examined(
      { tried: ({ metadata: { namespace } }) => (namespace === 'guests-host' ? refused : undefined) },
      { NETWRIGHT_PROBE_NAMESPACE: 'guests,guests-host' },
    );
    expect(named(checks, 'pods of the pod network')).toMatchObject([{ state: 'ok' }]);
    expect(named(checks, "pods of the nodes' own network")).toMatchObject([
      { state: 'lack', text: expect.stringContaining('no host network'), cost: expect.stringContaining('own network') },
    ]);
  });

  test('does not take what the namespace default is refused for what its own will be', async () => {
    const violates = status(
      403,
      'Forbidden',
      'pods "probe-host" is forbidden: violates PodSecurity "restricted:latest"',
    );
    const custom = status(403, 'Forbidden', 'admission webhook "p.test" denied the request: not in default');
    const pods = await examined({ tried: ({ kind }) => (kind === 'Pod' ? violates : undefined) });
    expect(named(pods, "pods of the nodes' own network")).toMatchObject([{ state: 'ok' }]);
    const sets = await examined({ tried: ({ kind }) => (kind === 'DaemonSet' ? custom : undefined) });
    expect(named(sets, 'pods of the pod network')).toMatchObject([{ state: 'unknown' }]);
  });

  test('names who has a port of the probes on a node', async () => {
    const holder = {
      metadata: { namespace: 'shop', name: 'proxy' },
      spec: { nodeName: 'a', hostNetwork: true, containers: [{ name: 'c', ports: [{ containerPort: 18_377 }] }] },
    };
    expect(named(await examined({ pods: [holder] }), 'ports on the nodes')).toMatchObject([
      { state: 'lack', text: 'taken: 18377 on a by shop/proxy' },
    ]);
  });

  test('ends within three seconds, whatever is not answered, and says what', async () => {
    const begun = performance.now();
    const checks = await examined({ slow: (path) => path.startsWith('/api/v1/nodes') });
    expect(performance.now() - begun).toBeLessThan(3_900);
    expect(named(checks, 'cluster')).toMatchObject([{ state: 'unknown', text: 'not answered within 2.5 s' }]);
    expect(named(checks, 'rights')).toMatchObject([{ state: 'ok' }]);
  });
});

test('What SSH settles is counted: without what it read, no other cause but one loses its proof', async () => {
  const recorded = await readRecorded(new URL('../../diagnose/recorded', import.meta.url).pathname);
  const proved = (seen: Parameters<typeof diagnose>[0]) =>
    diagnose(seen).findings.flatMap(({ code, confidence }) => (confidence === 'proved' ? [code] : []));
  const settled = new Set(catalogue.filter(({ sets }) => sets && sets.length > 0).map(({ code }) => code));
  const lost = recorded.flatMap(({ observations }) => {
    const without = new Set(proved(observations.filter(({ type, source }) => type !== 'fact' || source !== 'ssh')));
    return proved(observations).filter((code) => !without.has(code));
  });
  expect(lost.length).toBeGreaterThan(20);
  expect([...new Set(lost)].filter((code) => !settled.has(code))).toEqual([
    // One form of it: what forwarding was before the first pod came, which K3s mends by itself.
    'ip-forward-off',
  ]);
  expect(sshCauses().settled).toBe(settled.size);
}, 180_000);
