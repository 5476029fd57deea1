import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { meshOf, withMesh } from '../../../helpers/cluster/mesh.ts';
import { serviceOn } from '../observe/support/run-context.ts';

const pod = (containers: string[], more: object = {}, initContainers: V1Container[] = []): V1Pod => ({
  metadata: { namespace: 'shop', name: 'web-0', ...more },
  spec: { containers: containers.map((name) => ({ name })), initContainers },
});

describe('a pod', () => {
  test.each<[string, V1Pod, string | undefined]>([
    ["is in Istio's mesh by its sidecar", pod(['app', 'istio-proxy']), 'Istio'],
    ["is in Linkerd's mesh by its sidecar", pod(['linkerd-proxy', 'app']), 'Linkerd'],
    ['is in a mesh by a native sidecar', pod(['app'], {}, [{ name: 'istio-proxy', restartPolicy: 'Always' }]), 'Istio'],
    ['is in none by a container that ends', pod(['app'], {}, [{ name: 'istio-proxy' }]), undefined],
    ['is in the ambient mesh', pod(['app'], { annotations: { 'ambient.istio.io/redirection': 'enabled' } }), 'Istio'],
    [
      'that is asked into it by a label too',
      pod(['app'], { labels: { 'istio.io/dataplane-mode': 'ambient' } }),
      'Istio',
    ],
    ['that left it is in none', pod(['app'], { labels: { 'istio.io/dataplane-mode': 'none' } }), undefined],
    ['of a gateway is open to everybody', pod(['istio-proxy'], { labels: { istio: 'ingressgateway' } }), undefined],
    ['without a proxy is in none', pod(['app', 'helper']), undefined],
  ])('%s', (_title, given, mesh) => {
    expect(meshOf(given)).toBe(mesh);
  });
});

test('a Service is in the mesh of its pods', () => {
  const [web, other] = withMesh([serviceOn([0]), serviceOn([1], { name: 'other' })], [pod(['app', 'istio-proxy'])]);
  expect([web?.mesh, other?.mesh]).toEqual(['Istio', undefined]);
});
