import type { FaultContext } from './context.ts';
import { pods } from './places.ts';

/** CoreDNS' pods, with their nodes. */
export const dnsPods = async (lab: FaultContext): Promise<{ address: string; node: string }[]> =>
  (await pods(lab, ['-n', 'kube-system', '-l', 'k8s-app=kube-dns'])).map(({ spec, status }) => ({
    address: status.podIP ?? '',
    node: spec.nodeName ?? '',
  }));

/** The address of a CoreDNS pod that is not on a node. */
export const otherDnsPod = async (lab: FaultContext, node: string): Promise<string> =>
  (await dnsPods(lab)).find((pod) => pod.node !== node)?.address ?? '';
