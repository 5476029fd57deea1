import type { View } from '../view/view.ts';
import { ownerOf } from '../walk/owner.ts';
import { linesOf } from './stopped.ts';
import { listed } from './support.ts';
import type { StoppingLine } from './walked.ts';

/** Whose packets a chain of felix' is about, by its name (felix/rules/rule_defs.go of Calico). */
export type CalicoChain = 'host' | 'pod' | 'policy' | 'to-host';

const CHAINS: readonly [RegExp, CalicoChain][] = [
  [/^cali-p[io]-/, 'policy'],
  [/^cali-(?:fh|th|fhfw|thfw)-/, 'host'],
  [/^cali-(?:fw|tw)-/, 'pod'],
  [/^cali-wl-to-host$/, 'to-host'],
];

/** Policies' own chains, which are called after them where the name is short, and by a hash of it where it is not. */
const OF_POLICY = /^cali-p[io]-(.+)$/;
const IS_HASH = /^_[\w-]{20}$/;

const chainOf = ({ stopped: { line } }: StoppingLine): string => line.rule?.chain ?? line.chain?.name ?? '';

const kindOf = (line: StoppingLine): CalicoChain | undefined =>
  CHAINS.find(([pattern]) => pattern.test(chainOf(line)))?.[1];

/** The policy that a chain is of; its own name where the chain has room for it. */
function policyNamed(chain: string): string | undefined {
  const name = OF_POLICY.exec(chain)?.[1];
  return name === undefined || !IS_HASH.test(name) ? name : 'one of a long name';
}

const deviceOf = (line: StoppingLine): string => chainOf(line).replace(/^cali-\w+-/, '');

/** The policies that a chain of felix' asks, as far as they can be told by name. */
function policiesIn(view: View, { node, stopped: { line } }: StoppingLine): string[] {
  const rulesets = view.nodeState(node)?.index.state.rulesets ?? [];
  const jumps = rulesets
    .filter(({ program }) => program === line.program)
    .flatMap(({ rules }) => rules)
    .filter(({ chain, table }) => chain === line.rule?.chain && table === line.rule.table)
    .flatMap(({ verdict }) => (verdict && 'chain' in verdict ? (policyNamed(verdict.chain) ?? []) : []));
  return [...new Set(jumps)];
}

/**
 * Whether felix keeps the line that stops packets, for an object of Calico's: what it drops for a device that it does
 * not know it drops since it has not come to it yet.
 */
export const keptForAnObject = (line: StoppingLine): boolean =>
  ownerOf(line.stopped.line) === 'Calico' && kindOf(line) !== undefined;

/** What felix' lines on a node that stop packets are there for, one sentence each; the first of them first. */
export function reasonsAt(view: View, node: string): { text: string; kind: CalicoChain }[] {
  const lines = linesOf(view).filter((line) => line.node === node && keptForAnObject(line));
  const reasons = lines.flatMap((line): { text: string; kind: CalicoChain } | [] => {
    const [kind, policies, device] = [kindOf(line), policiesIn(view, line), deviceOf(line)];
    const asked = policies.length > 0 ? `asks ${listed(policies)}` : 'asks no policy';
    switch (kind) {
      case 'host':
        return { kind, text: `the chain is that of a HostEndpoint for ${device}, and ${asked}` };
      case 'pod':
        return { kind, text: `the chain is that of a pod, and ${asked}` };
      case 'policy':
        return { kind, text: `the policy ${policyNamed(chainOf(line))} of Calico denies them` };
      case 'to-host':
        return { kind, text: "the chain is that of what pods send to their own node: defaultEndpointToHostAction's" };
      case undefined:
        return [];
    }
  });
  return [...new Map(reasons.map((reason) => [reason.text, reason])).values()];
}
