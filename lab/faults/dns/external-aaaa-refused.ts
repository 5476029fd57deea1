import { EXTERNAL } from '../../edge.ts';
import { changeCorefile } from '../lib/coredns.ts';
import { changeResolver } from '../lib/resolver.ts';
import { everywhere, type LabFault } from '../lib/types.ts';

const code = 'external-aaaa-refused';

const upstream = (rcode: string): LabFault => ({
  id: `${code}/upstream-${rcode.toLowerCase()}`,
  code,
  title: `the nodes' resolver answers ${rcode} for AAAA of a name that has A`,
  takes: 'none',
  inject: (lab) =>
    changeResolver(lab, (before) => {
      const head = `${EXTERNAL.name}:53 {\n`;
      if (!before.includes(head)) throw new Error(`the lab's resolver has no zone ${EXTERNAL.name}`);
      return before.replace(head, `${head}    template IN AAAA {\n        rcode ${rcode}\n    }\n`);
    }),
  expected: everywhere,
});

export const faults: LabFault[] = [
  upstream('SERVFAIL'),
  upstream('NXDOMAIN'),
  {
    id: `${code}/corefile`,
    code,
    title: 'CoreDNS itself answers NXDOMAIN for AAAA of every name outside, to spare clients IPv6',
    takes: 'none',
    inject: async (lab) => {
      await changeCorefile(lab, (corefile) =>
        corefile.replace('    ready\n', '    ready\n    template ANY AAAA {\n      rcode NXDOMAIN\n    }\n'),
      );
      await lab.kubectl(['-n', 'kube-system', 'rollout', 'status', 'deployment/coredns', '--timeout=60s']);
    },
    expected: everywhere,
  },
];
