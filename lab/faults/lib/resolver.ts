import { join } from 'node:path';
import { labPaths } from '../../paths.ts';
import type { FaultContext } from './context.ts';

const FILE = '/etc/resolv.conf';

/** A node writes this text into its resolv.conf. */
const write = (text: string): string[] => ['sh', '-c', `printf '%s\\n' "$0" >${FILE}`, text.trim()];

/** Gives nodes another resolv.conf: pods that are made from now on get what the kubelet takes of it. */
export async function giveResolvConf(
  lab: FaultContext,
  nodes: string[],
  text: (before: string) => string,
): Promise<void> {
  for (const node of nodes) {
    const before = await lab.onNode(node, ['cat', FILE]);
    await lab.onNode(node, write(text(before)), write(before));
  }
}

/** Has the resolver outside of the cluster read another Corefile; resolves when it answers by it. */
export async function changeResolver(lab: FaultContext, change: (corefile: string) => string): Promise<void> {
  const { edge } = labPaths(lab.status.name);
  const file = join(edge, 'Corefile');
  // CoreDNS reads its file again at this signal, and answers by it a moment later.
  const script =
    `cat >${file}; for p in $(ip netns pids ${lab.status.edge.namespace}); do ` +
    'case "$(readlink /proc/$p/exe)" in */coredns) kill -USR1 "$p";; esac; done; sleep 1';
  const argv = ['sh', '-c', script];
  const before = await lab.onEdge(['cat', file]);
  await lab.onEdge(argv, change(before), { argv, input: before });
}

/** A server block of the resolver for one zone, to be put before the others. */
export const zoneOf = (lab: FaultContext, name: string, ...lines: string[]): string =>
  `${name}:53 {\n    bind ${lab.status.edge.resolver}\n${lines.map((line) => `    ${line}\n`).join('')}}\n`;
