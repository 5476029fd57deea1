import type { V1Pod, V1Service } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { dnsPodsOf, dnsServiceOf } from '../../../helpers/cluster/cluster-dns.ts';

interface Made {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  clusterIP?: string;
  port?: number;
  selector?: Record<string, string>;
}

const serviceOf = ({
  name,
  namespace = 'kube-system',
  labels = {},
  clusterIP,
  port = 53,
  selector,
}: Made): V1Service => ({
  metadata: { name, namespace, labels },
  spec: { clusterIP: clusterIP ?? '10.43.0.10', ports: [{ port, protocol: 'UDP' }], selector },
});

const LABELLED = { 'k8s-app': 'kube-dns' };

/** What is no DNS of the cluster, though it answers at port 53 or is the cluster's own. */
const OTHERS: Made[] = [
  { name: 'pihole', namespace: 'home' },
  { name: 'coredns', namespace: 'external-dns', labels: { 'app.kubernetes.io/name': 'coredns' } },
  { name: 'adguard' },
  { name: 'metrics-server', labels: { 'kubernetes.io/cluster-service': 'true' }, port: 443 },
];

describe('the DNS Service of a cluster', () => {
  it.each<[string, Made]>([
    ['the label of kube-dns', { name: 'rke2-coredns', labels: LABELLED }],
    ['its name alone', { name: 'kube-dns' }],
    ['the name of CoreDNS', { name: 'coredns' }],
    ['the labels of the chart of CoreDNS', { name: 'dns-coredns', labels: { 'k8s-app': 'coredns' } }],
    [
      'what OpenShift puts on it',
      {
        name: 'dns-default',
        namespace: 'openshift-dns',
        labels: { 'dns.operator.openshift.io/owning-dns': 'default' },
      },
    ],
    ['being the cluster’s own with a port 53', { name: 'names', labels: { 'kubernetes.io/cluster-service': 'true' } }],
    ['its label though its port is wrong', { name: 'kube-dns', labels: LABELLED, port: 54 }],
  ])('is known by %s', (_title, own) => {
    expect(dnsServiceOf([...OTHERS, own].map(serviceOf))?.metadata?.name).toBe(own.name);
  });

  it('is none of those that answer at port 53 for others', () => {
    expect(dnsServiceOf(OTHERS.map(serviceOf))).toBeUndefined();
  });

  it('is neither what a node-local cache asks, nor what Prometheus does', () => {
    const beside: Made[] = [
      { name: 'a-dns-metrics', labels: LABELLED, clusterIP: 'None', port: 9153 },
      { name: 'a-dns-upstream', labels: LABELLED, clusterIP: '10.43.7.7' },
      { name: 'kube-dns', labels: LABELLED },
    ];
    expect(dnsServiceOf(beside.map(serviceOf))?.metadata?.name).toBe('kube-dns');
  });
});

describe('the pods that answer for it', () => {
  const podOf = (name: string, labels: Record<string, string>, namespace = 'kube-system'): V1Pod => ({
    metadata: { name, namespace, labels },
  });
  const pods = [
    podOf('chart', { 'k8s-app': 'coredns', 'app.kubernetes.io/name': 'coredns' }),
    podOf('elsewhere', { 'k8s-app': 'coredns' }, 'home'),
    podOf('scaler', { 'k8s-app': 'dns-autoscaler' }),
  ];

  it('are those that its selector takes, where none has the usual label', () => {
    const service = serviceOf({ name: 'coredns', selector: { 'k8s-app': 'coredns' } });
    expect(dnsPodsOf(pods, service).map(({ metadata }) => metadata?.name)).toEqual(['chart']);
  });

  it('are those of the usual label, also where the Service selects others', () => {
    const service = serviceOf({ name: 'kube-dns', selector: { 'k8s-app': 'coredns' } });
    const all = [...pods, podOf('usual', LABELLED)];
    expect(dnsPodsOf(all, service).map(({ metadata }) => metadata?.name)).toEqual(['usual']);
  });
});
