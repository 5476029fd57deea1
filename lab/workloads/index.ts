import type { Kit } from '../kit.ts';
import type { Kubectl } from '../kubectl.ts';
import type { LabSettings } from '../makes/settings.ts';
import type { LabNode } from '../topology.ts';
import { admissionPolicies } from './admission.ts';
import { coredns } from './coredns.ts';
import { ingress } from './ingress.ts';
import { APPS, keybuzz, NAMESPACE } from './keybuzz.ts';

/** Everything that a lab runs, as manifests in one text. */
export function manifests(kit: Kit, tlsSecret: string, nodes: LabNode[], settings: LabSettings): string {
  return [
    ...admissionPolicies(settings),
    coredns(kit.images.coredns, settings),
    keybuzz(kit.images.keybuzz, nodes.length, settings),
    tlsSecret,
    ingress(kit, nodes, settings),
  ].join('\n---\n');
}

/** What must have rolled out before a lab is up: a namespace and what is in it. */
const ROLL_OUTS: [namespace: string, ...objects: string[]][] = [
  ['kube-system', 'deployment/coredns'],
  ['ingress-nginx', 'daemonset/ingress-nginx-controller'],
  [NAMESPACE, ...APPS.map(({ name }) => `deployment/${name}`)],
];

/** Waits until all workloads have rolled out. Rejects with what kubectl says of one that has not by then. */
export async function waitForRollOuts(kubectl: Kubectl, timeoutMs: number): Promise<void> {
  await Promise.all(
    ROLL_OUTS.map(([namespace, ...objects]) =>
      kubectl(['-n', namespace, 'rollout', 'status', ...objects, `--timeout=${timeoutMs / 1000}s`]),
    ),
  );
}
