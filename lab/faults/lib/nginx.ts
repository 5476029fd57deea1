import type { FaultContext } from './context.ts';

/** The nodes that run the lab's ingress controller. */
export const ingressNodes = (lab: FaultContext): string[] =>
  lab.status.nodes.filter(({ role }) => role === 'agent').map(({ name }) => name);

const inConfiguration = (script: string): string[] => [
  'sh',
  '-c',
  `p=$(pgrep -o -f "nginx: master"); sed -i -E '${script}' /proc/$p/root/tmp/nginx.conf && kill -HUP $p`,
];

/**
 * Changes the configuration of every ingress controller's nginx by a script of sed, as an annotation or a ConfigMap of
 * ingress-nginx does; it lasts until an Ingress object changes.
 */
export async function changeNginx(lab: FaultContext, script: string, undo: string): Promise<void> {
  for (const node of ingressNodes(lab)) await lab.onNode(node, inConfiguration(script), inConfiguration(undo));
}
