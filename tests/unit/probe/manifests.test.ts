import type { KubernetesObject, V1ConfigMap, V1DaemonSet } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import {
  AGENT_PATH,
  probeNamespaces,
  probeObjectsOf,
  type ProbeObjectsOptions,
} from '../../../helpers/probe/manifests.ts';

const options: ProbeObjectsOptions = {
  runId: 'r1',
  image: 'node:24-slim',
  nodePath: 'node',
  agentSource: 'code',
  ports: { podTcp: 1, podUdp: 2, hostTcp: 3, hostUdp: 4 },
  key: 'k1',
  hostAddresses: ['10.0.0.1', '10.0.0.2'],
};
/** For both networks. */
const probeObjects = (of: ProbeObjectsOptions): KubernetesObject[] =>
  (['pod', 'host'] as const).flatMap((network) => probeObjectsOf(network, of));
const isDaemonSet = (object: KubernetesObject): object is V1DaemonSet => object.kind === 'DaemonSet';
const isConfigMap = (object: KubernetesObject): object is V1ConfigMap => object.kind === 'ConfigMap';
const podSpecs = (more: Partial<ProbeObjectsOptions> = {}) =>
  probeObjects({ ...options, ...more })
    .filter(isDaemonSet)
    .map(({ spec }) => spec?.template.spec);

const annotations = (agentSource: string) =>
  probeObjects({ ...options, agentSource })
    .filter(isDaemonSet)
    .map(({ spec }) => spec?.template.metadata?.annotations);

describe('what a run puts into a cluster', () => {
  test('is a namespace, an agent and a DaemonSet for each network, in that order, with the label of the run', () => {
    const objects = probeObjects(options);
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata?.namespace ?? ''}/${metadata?.name}`)).toEqual([
      'Namespace /netwright-r1',
      'ConfigMap netwright-r1/agent',
      'DaemonSet netwright-r1/probe-pod',
      'Namespace /netwright-r1-host',
      'ConfigMap netwright-r1-host/agent',
      'DaemonSet netwright-r1-host/probe-host',
    ]);
    expect(objects.every(({ metadata }) => metadata?.labels?.['netwright/run'] === 'r1')).toBe(true);
  });

  test('only the namespace of the host network is without the restricted level', () => {
    const levels = probeObjects(options).flatMap(
      ({ metadata }) => metadata?.labels?.['pod-security.kubernetes.io/enforce'] ?? [],
    );
    expect(levels).toEqual(['restricted', 'privileged']);
  });

  test('both kinds of pods have what the restricted level asks for, and only one has the host network', () => {
    const specs = podSpecs();
    expect(specs.map((spec) => spec?.hostNetwork ?? false)).toEqual([false, true]);
    for (const spec of specs) {
      expect(spec?.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(spec?.containers[0]?.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        tolerations: [{ operator: 'Exists' }],
      });
    }
  });

  test('the agent is where the pods look for it, on the ports of their network', () => {
    expect(
      probeObjects(options)
        .filter(isConfigMap)
        .map(({ data }) => data),
    ).toEqual([
      { 'agent.cjs': 'code', addresses: '' },
      { 'agent.cjs': 'code', addresses: '10.0.0.1\n10.0.0.2' },
    ]);
    expect(podSpecs().map((spec) => spec?.containers[0]?.command)).toEqual([
      ['node', AGENT_PATH, 'serve'],
      ['node', AGENT_PATH, 'serve'],
    ]);
    const ports = podSpecs().map((spec) =>
      spec?.containers[0]?.env?.filter(({ name }) => name.endsWith('_PORT')).map(({ value }) => value),
    );
    expect(ports).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  test("every pod has the run's key, its own addresses, and the file with those of all nodes", () => {
    for (const spec of podSpecs()) {
      const env = spec?.containers[0]?.env ?? [];
      expect(env).toContainEqual({ name: 'NETWRIGHT_KEY', value: 'k1' });
      expect(env).toContainEqual({ name: 'NETWRIGHT_ADDRESSES_FILE', value: '/netwright/addresses' });
      expect(env).toContainEqual({
        name: 'NETWRIGHT_POD_IPS',
        valueFrom: { fieldRef: { fieldPath: 'status.podIPs' } },
      });
    }
  });

  test('another agent is another pod template', () => {
    expect(annotations('code')).not.toEqual(annotations('other code'));
  });

  test('named nodes are the only ones that get pods', () => {
    expect(podSpecs()[0]).not.toHaveProperty('affinity');
    expect(
      podSpecs({ nodes: ['a', 'b'] })[0]?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
        ?.nodeSelectorTerms,
    ).toEqual([
      { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] },
      { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['b'] }] },
    ]);
  });

  test('where no node is Ready one is named that cannot be, since the API server refuses an empty list', () => {
    expect(
      podSpecs({ nodes: [] })[0]?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
        ?.nodeSelectorTerms,
    ).toEqual([{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['none.invalid'] }] }]);
  });

  test('in namespaces that were prepared none is made, and names are the run’s own', () => {
    const prepared = { pod: 'guests', host: 'guests' };
    const objects = probeObjects({ ...options, prepared });
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata?.namespace}/${metadata?.name}`)).toEqual([
      'ConfigMap guests/netwright-agent-pod-r1',
      'DaemonSet guests/netwright-probe-pod-r1',
      'ConfigMap guests/netwright-agent-host-r1',
      'DaemonSet guests/netwright-probe-host-r1',
    ]);
    expect(podSpecs({ prepared }).map((spec) => spec?.volumes?.[0]?.configMap?.name)).toEqual([
      'netwright-agent-pod-r1',
      'netwright-agent-host-r1',
    ]);
    expect(probeNamespaces('r1', prepared)).toBe(prepared);
  });
});
