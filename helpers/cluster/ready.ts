import type { V1Node, V1Pod } from '@kubernetes/client-node';

/** Whether a node or a pod says that it is Ready. */
export const isReady = ({ status }: Pick<V1Node | V1Pod, 'status'>): boolean =>
  (status?.conditions ?? []).some((each) => each.type === 'Ready' && each.status === 'True');
