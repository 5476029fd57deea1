import type { FaultContext } from './context.ts';

/** A rule as iptables takes it, `-t TABLE` and the chain first: before all others of its chain. */
export async function ruleFirst(
  lab: FaultContext,
  node: string,
  rule: string,
  program: 'iptables' | 'iptables-legacy' = 'iptables',
): Promise<void> {
  const [, table = 'filter', chain = '', rest = ''] = /^(?:-t (\S+) )?(\S+) (.*)$/.exec(rule) ?? [];
  const words = (how: string): string[] => [program, '-w', '-t', table, how, chain, ...rest.split(' ')];
  await lab.onNode(node, words('-I'), words('-D'));
}
