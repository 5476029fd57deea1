import type { FaultContext } from './context.ts';

const PODS = ['-n', 'kube-system', 'delete', 'pods', '-l', 'k8s-app=kube-dns'];

/** Changes what CoreDNS starts with, and makes all replicas anew; they are made anew again when that is undone. */
export async function renewCoredns(lab: FaultContext, change: () => Promise<void>): Promise<void> {
  await lab.onHealing({
    on: 'kubectl',
    argv: ['-n', 'kube-system', 'rollout', 'status', 'deployment/coredns', '--timeout=60s'],
  });
  await lab.onHealing({ on: 'kubectl', argv: [...PODS, '--wait=true', '--grace-period=1'] });
  await change();
  await lab.kubectl([...PODS, '--wait=true', '--grace-period=1']);
}

/**
 * Changes the Corefile for all replicas at once; a reload by CoreDNS itself takes up to 45 s, new pods read it at once.
 */
export const changeCorefile = (lab: FaultContext, change: (corefile: string) => string): Promise<void> =>
  renewCoredns(lab, () =>
    lab.change('kube-system', 'configmap/coredns', (object) => {
      const data = object.data as Record<string, string>;
      data['Corefile'] = change(data['Corefile'] ?? '');
    }),
  );
