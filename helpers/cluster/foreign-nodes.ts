import type { V1Node } from '@kubernetes/client-node';

/** A node of the cluster that takes no part in a run, and what it is instead of a Linux machine with a kubelet. */
export interface ForeignNode {
  name: string;
  kind: string;
}

/**
 * What a node is that no probe can stand on; undefined of an ordinary Linux node. The labels and annotations are those
 * that Windows' kubelet, Virtual Kubelet, EKS Fargate and KWOK give.
 */
function kindOf({ metadata, status }: V1Node): string | undefined {
  const { labels = {}, annotations = {} } = metadata ?? {};
  if (labels['kubernetes.io/os'] === 'windows' || status?.nodeInfo?.operatingSystem === 'windows')
    return 'a Windows node';
  if (labels['type'] === 'virtual-kubelet') return 'a virtual node (Virtual Kubelet)';
  if (labels['eks.amazonaws.com/compute-type'] === 'fargate') return 'a virtual node (Fargate)';
  return annotations['kwok.x-k8s.io/node'] === undefined ? undefined : 'a simulated node (KWOK)';
}

/** The nodes on which no probe can stand. */
export const foreignNodes = (nodes: readonly V1Node[]): ForeignNode[] =>
  nodes.flatMap((node) => {
    const kind = kindOf(node);
    return kind === undefined ? [] : [{ name: node.metadata?.name ?? '', kind }];
  });

export const isForeign = (node: V1Node): boolean => kindOf(node) !== undefined;
