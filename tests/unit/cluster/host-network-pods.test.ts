import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import type { ServiceInfo } from '../../../helpers/model/topology.ts';
import { hostNetworkNotes } from '../../../helpers/cluster/host-network-pods.ts';

const pod = (name: string, spec: Partial<V1Pod['spec']> = {}, namespace = 'shop'): V1Pod => ({
  metadata: {
    name: `${name}-7f9c-x2x`,
    namespace,
    labels: { 'pod-template-hash': '7f9c' },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${name}-7f9c`, uid: 'u' }],
  },
  spec: { containers: [], hostNetwork: true, dnsPolicy: 'ClusterFirst', ...spec },
});
/** A Service of the namespace shop before the pods of these names. */
const before = (pods: V1Pod[]): ServiceInfo => ({
  namespace: 'shop',
  name: 'api',
  type: 'ClusterIP',
  clusterIp: '10.43.0.9',
  selector: {},
  ports: [],
  endpoints: pods.map(({ metadata }) => ({ ip: '192.0.2.1', ports: {}, pod: metadata?.name, ready: true })),
});
const noted = (...pods: V1Pod[]) => hostNetworkNotes(pods, [before(pods)]);

describe('pods in the host network', () => {
  it('that ask the node’s resolver for want of another dnsPolicy are named once a workload, as a choice', () => {
    expect(noted(pod('api'), pod('api'), pod('web', { dnsPolicy: undefined }))).toEqual([
      {
        what: 'names of Services as shop/api, shop/web asks for them',
        why: expect.stringContaining('ClusterFirstWithHostNet'),
        isByChoice: true,
      },
    ]);
  });

  it('that ask the DNS Service, are in the pod network, or behind no Service that is looked at are not named', () => {
    expect(
      noted(
        pod('api', { dnsPolicy: 'ClusterFirstWithHostNet' }),
        pod('api', { dnsPolicy: 'Default' }),
        pod('api', { hostNetwork: undefined }),
        pod('api', {}, 'kube-system'),
      ),
    ).toEqual([]);
    expect(hostNetworkNotes([pod('api')], [])).toEqual([]);
  });

  it('without a Deployment are named by their owner, or by themselves', () => {
    const { spec } = pod('api');
    const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'edge', uid: 'u' };
    const [note] = noted(
      { metadata: { name: 'debug', namespace: 'shop' }, spec },
      { metadata: { name: 'edge-x', namespace: 'shop', ownerReferences: [owner] }, spec },
    );
    expect(note?.what).toBe('names of Services as shop/debug, shop/edge asks for them');
  });
});
