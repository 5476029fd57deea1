import type { Kit } from '../kit.ts';
import { coredns } from './coredns.ts';
import { ingress } from './ingress.ts';
import { keybuzz, NAMESPACE } from './keybuzz.ts';

/** Rights of flanneld, as kube-flannel has them, for the user that the lab's flanneld is. */
const flannelAccess = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: flannel}
rules:
- {apiGroups: [""], resources: [nodes], verbs: [get, list, watch]}
- {apiGroups: [""], resources: [nodes/status], verbs: [patch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: flannel}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: flannel}
subjects: [{kind: User, name: "netwright:flannel", apiGroup: rbac.authorization.k8s.io}]
`;

/** Everything that a lab runs, as manifests in one text. */
export function manifests(kit: Kit, tlsSecret: string, nodes: number): string {
  return [flannelAccess, coredns(kit.images.coredns), keybuzz(kit.images.keybuzz, nodes), tlsSecret, ingress(kit.images.ingress)].join('\n---\n');
}

/** What must have rolled out before a lab is up: namespace and object. */
export const ROLL_OUTS: [namespace: string, object: string][] = [
  ['kube-system', 'deployment/coredns'],
  ['ingress-nginx', 'daemonset/ingress-nginx-controller'],
  ...['keybuzz-api', 'keybuzz-ui', 'keybuzz-my-ui'].map((name): [string, string] => [NAMESPACE, `deployment/${name}`]),
];
