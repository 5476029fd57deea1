import type { FaultContext } from './context.ts';

const PODS = ['-n', 'kube-system', 'delete', 'pods', '-l', 'k8s-app=kube-dns'];

/**
 * Changes the Corefile for all replicas at once; a reload by CoreDNS itself takes up to 45 s, new pods read it at once.
 */
export async function changeCorefile(lab: FaultContext, change: (corefile: string) => string): Promise<void> {
  await lab.onHealing({
    on: 'kubectl',
    argv: ['-n', 'kube-system', 'rollout', 'status', 'deployment/coredns', '--timeout=60s'],
  });
  await lab.onHealing({ on: 'kubectl', argv: [...PODS, '--wait=true', '--grace-period=1'] });
  await lab.change('kube-system', 'configmap/coredns', (object) => {
    const data = object.data as Record<string, string>;
    data['Corefile'] = change(data['Corefile'] ?? '');
  });
  await lab.kubectl([...PODS, '--wait=true', '--grace-period=1']);
}
