import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { healFaults, injectFault } from '../../lab/faults/lib/force.ts';
import { LabBench, probesOf, type Ended } from './bench.ts';

const lab = process.env['NETWRIGHT_TEST_LAB'] ?? '';
const worker = 'k3s-worker-02';
const RUN_TIMEOUT_MS = 240_000;
let bench: LabBench;
const made: string[][] = [];

beforeAll(async () => {
  bench = await LabBench.open(lab);
});
afterAll(() => bench[Symbol.dispose]());
afterEach(async () => {
  for (const what of made.splice(0)) await bench.kubectl(['delete', '--ignore-not-found', ...what]);
  await healFaults(lab);
  await bench.untilGone();
}, 120_000);

async function make(kind: string, name: string, object: object): Promise<void> {
  made.push([kind, name]);
  const path = bench.write(`${name}.json`, JSON.stringify({ kind, metadata: { name }, ...object }));
  await bench.kubectl(['apply', '-f', path]);
}

const brief = ({ code, report }: Ended) => ({
  code,
  proved: report?.findings.filter(({ confidence }) => confidence === 'proved').map((finding) => finding.code),
  holes: report?.holes.map(({ what, why }) => `${what}: ${why}`),
});
const networksOf = (ended: Ended) => new Set(probesOf(ended).map(({ source }) => source.network));

describe('a cluster that does not want all of our pods', () => {
  it(
    'by a policy against hostNetwork: the pod network alone is tested, and the policy’s words are said',
    async () => {
      const words = 'guests stay in the pod network';
      await make('ValidatingAdmissionPolicy', 'no-host-network', {
        apiVersion: 'admissionregistration.k8s.io/v1',
        spec: {
          failurePolicy: 'Fail',
          matchConstraints: {
            resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
            namespaceSelector: { matchLabels: { 'app.kubernetes.io/managed-by': 'netwright' } },
          },
          validations: [
            { expression: '!has(object.spec.hostNetwork) || object.spec.hostNetwork == false', message: words },
          ],
        },
      });
      await make('ValidatingAdmissionPolicyBinding', 'no-host-network', {
        apiVersion: 'admissionregistration.k8s.io/v1',
        spec: { policyName: 'no-host-network', validationActions: ['Deny'] },
      });
      const ended = await bench.run(['run']);
      expect(brief(ended)).toMatchObject({ code: 3, proved: [] });
      expect(brief(ended).holes).toContainEqual(
        expect.stringMatching(new RegExp(`^the host network of every node: no probe pod may be made: .*${words}`)),
      );
      expect([networksOf(ended).has('pod'), networksOf(ended).has('host'), probesOf(ended, 'fail')]).toEqual([
        true,
        false,
        [],
      ]);
      expect(ended.report?.timings['prepareMs']).toBeLessThan(20_000);
    },
    RUN_TIMEOUT_MS,
  );

  it(
    'by a webhook that nobody reaches: nodes are asked by SSH, the runner asks on, and the webhook is named',
    async () => {
      const own = { matchLabels: { 'app.kubernetes.io/managed-by': 'netwright' } };
      await make('ValidatingWebhookConfiguration', 'policy-engine', {
        apiVersion: 'admissionregistration.k8s.io/v1',
        webhooks: [
          {
            name: 'pods.policy.test',
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
            failurePolicy: 'Fail',
            timeoutSeconds: 3,
            clientConfig: { service: { namespace: 'keybuzz', name: 'policy', port: 443 } },
            namespaceSelector: own,
            rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
          },
        ],
      });
      const ended = await bench.run(['run']);
      const { code, proved, holes = [] } = brief(ended);
      expect([code, proved]).toEqual([3, []]);
      expect(holes.join('\n')).toMatch(
        /pods\.policy\.test.*by the Service keybuzz\/policy, which has no ready endpoint/,
      );
      expect(holes.join('\n')).not.toContain('no probe pod was made for it');
      expect(networksOf(ended)).toEqual(new Set(['runner', 'ssh']));
      const withoutSsh = await bench.run(['run'], {
        NETWRIGHT_SSH_USER: '',
        NETWRIGHT_SSH_KEY: '',
        NETWRIGHT_SSH_KNOWN_HOSTS: '',
      });
      expect(withoutSsh.code).toBe(3);
      expect(withoutSsh.stderr).toMatch(/no probe runs on any node: .*pods\.policy\.test/);
    },
    RUN_TIMEOUT_MS,
  );
});

it(
  'A node that is Ready and gives new pods no network is named, with the plugin’s words',
  async () => {
    await injectFault(lab, 'cni-setup-fails/plugin-missing', { node: worker });
    const ended = await bench.run(['run']);
    expect(ended.report?.findings.map(({ code, confidence }) => [code, confidence])).toEqual([
      ['cni-setup-fails', 'proved'],
    ]);
    expect(brief(ended).holes).toContainEqual(
      expect.stringMatching(new RegExp(`^the pod network of ${worker}: .*failed to find plugin "flannel"`, 's')),
    );
  },
  RUN_TIMEOUT_MS,
);

describe('nodes that take no part', () => {
  it(
    'by choice leave a run healthy, and nothing is asked of them',
    async () => {
      const ended = await bench.run(['run', '--nodes', `!${worker}`]);
      expect(brief(ended)).toMatchObject({ code: 0, proved: [] });
      expect(brief(ended).holes).toContain(`${worker}: left out by NETWRIGHT_NODES=!${worker}`);
      expect(probesOf(ended).filter(({ source }) => source.node === worker)).toEqual([]);
    },
    RUN_TIMEOUT_MS,
  );

  it(
    'for want of an address are named, and not asked at an empty one',
    async () => {
      await make('Node', 'hcloud-09', {
        apiVersion: 'v1',
        spec: { taints: [{ key: 'node.cloudprovider.kubernetes.io/uninitialized', effect: 'NoSchedule' }] },
      });
      const ended = await bench.run(['run', '--suite', 'node-port']);
      expect(brief(ended).code).toBe(3);
      expect(brief(ended).holes).toContain(
        'everything from and to hcloud-09: it has no InternalIP; its cloud controller has not initialised it (taint ' +
          'node.cloudprovider.kubernetes.io/uninitialized)',
      );
      expect(probesOf(ended).filter(({ destination }) => destination.ip === '')).toEqual([]);
      expect(probesOf(ended, 'fail')).toEqual([]);
    },
    RUN_TIMEOUT_MS,
  );

  it(
    'for want of room are named with their numbers, and cost no minute',
    async () => {
      const held = (
        await bench.kubectl(['get', 'pods', '-A', '--field-selector', `spec.nodeName=${worker}`, '-o', 'name'])
      )
        .trim()
        .split('\n').length;
      const file = '/etc/netwright/kubelet.yaml';
      const restart = 'kill "$(cat /run/netwright/kubelet.pid)"';
      const room = async () =>
        (await bench.kubectl(['get', 'node', worker, '-o', 'jsonpath={.status.allocatable.pods}'])).trim();
      await bench.onNode(worker, 'sh', '-c', `cp ${file} ${file}.kept; echo maxPods: ${held} >> ${file}; ${restart}`);
      try {
        await expect.poll(room, { timeout: 60_000, interval: 500 }).toBe(String(held));
        const ended = await bench.run(['run', '--suite', 'pod-to-pod']);
        expect(brief(ended)).toMatchObject({ code: 3, proved: [] });
        const why = `${worker} holds ${held} of ${held} pods: `;
        expect(brief(ended).holes?.filter((hole) => hole.includes(why)).length).toBe(2);
        expect(ended.report?.timings['prepareMs']).toBeLessThan(20_000);
      } finally {
        await bench.onNode(worker, 'sh', '-c', `mv ${file}.kept ${file}; ${restart}`);
        await expect.poll(room, { timeout: 60_000, interval: 500 }).toBe('110');
      }
    },
    RUN_TIMEOUT_MS,
  );
});
