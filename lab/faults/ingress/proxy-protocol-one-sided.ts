import { balanceWith } from '../lib/balancer.ts';
import { changeNginx } from '../lib/nginx.ts';
import { everywhere, type LabFault } from '../lib/types.ts';

const code = 'proxy-protocol-one-sided';

export const faults: LabFault[] = [
  {
    id: `${code}/ingress`,
    code,
    title: 'the ingress expects PROXY protocol, and the load balancer sends none',
    takes: 'none',
    inject: (lab) => changeNginx(lab, 's/listen (80|443)/listen \\1 proxy_protocol/g', 's/ proxy_protocol//g'),
    expected: everywhere,
  },
  {
    id: `${code}/load-balancer`,
    code,
    title: 'the load balancer sends PROXY protocol, and the ingress expects none',
    takes: 'none',
    inject: (lab) => balanceWith(lab, 'send-proxy'),
    expected: everywhere,
  },
];
