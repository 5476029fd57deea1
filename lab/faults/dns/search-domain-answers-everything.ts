import { changeResolver, giveResolvConf, zoneOf } from '../lib/resolver.ts';
import { atNode, everywhere, type LabFault, type Where } from '../lib/types.ts';
import type { FaultContext } from '../lib/context.ts';

const code = 'search-domain-answers-everything';
const DOMAIN = 'corp.test';

const WILDCARD = [
  'template IN A {',
  '    answer "{{ .Name }} 60 IN A 203.0.113.66"',
  '}',
  'template IN AAAA {',
  '    rcode NOERROR',
  '}',
];
const SERVFAIL = ['template ANY ANY {', '    rcode SERVFAIL', '}'];

const inject =
  (lines: string[]) =>
  async (lab: FaultContext, { node }: Where): Promise<void> => {
    await changeResolver(lab, (before) => zoneOf(lab, DOMAIN, ...lines) + before);
    const nodes = node === undefined ? lab.status.nodes.map(({ name }) => name) : [node];
    await giveResolvConf(lab, nodes, (before) => `search ${DOMAIN}\n${before}`);
  };

export const faults: LabFault[] = [
  {
    id: `${code}/all-nodes`,
    code,
    title: "the nodes' search domain has a wildcard record",
    takes: 'none',
    inject: inject(WILDCARD),
    expected: everywhere,
  },
  {
    id: `${code}/one-node`,
    code,
    title: "one node's search domain has a wildcard record",
    takes: 'node',
    inject: inject(WILDCARD),
    expected: atNode,
  },
  {
    id: `${code}/servfail`,
    code,
    title: "the server of the nodes' search domain fails for every name",
    takes: 'none',
    inject: inject(SERVFAIL),
    expected: everywhere,
  },
];
