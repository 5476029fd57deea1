import { expect, test } from 'vitest';
import { diagnose } from '../../../../helpers/diagnose/index.ts';
import { CLUSTER, diagnosed, failing, fact, found, run } from '../../../support/cluster.ts';
import { at, probeOf, type Fields } from '../../../support/observations.ts';

const CODE = 'address-on-two-nodes';
const VIP = '10.0.0.50';
const targets = fact('targets', { services: [], hosts: [], ingressNodes: ['a', 'b'], loadBalancer: VIP, ssh: true });
const asked = (role: 'load-balancer' | 'worker', fields: Fields<'http'> = {}) =>
  probeOf('http', {
    suite: 'ingress',
    role,
    source: at('runner'),
    destination: at('host', role === 'worker' ? 'a' : undefined, {
      ip: role === 'worker' ? '10.0.0.1' : VIP,
      port: 80,
      name: 'shop.example',
    }),
    crosses: { host: 'shop.example', servedFrom: 'ingress', size: 'mixed' },
    ...fields,
    asked: { protocol: 'http', host: 'shop.example', path: '/' },
  });
const has = (node: string, device = 'eth0') =>
  fact('ssh/ip-addr', [{ device, family: 'ipv4', address: VIP, prefixLength: 32 }], node);
const broken = [CLUSTER, targets, asked('worker'), asked('load-balancer', failing('reset'))].flat();

test('an address of a load balancer that two nodes have is proved at both, and nothing else is named', () => {
  expect(found(CODE, broken, has('a'), has('b'))).toEqual(['proved at a', 'proved at b']);
  expect(diagnosed(broken, has('a'), has('b')).map(({ code }) => code)).toEqual([CODE]);
});

test('it is none where one node has it, where it is kept unheard on others, or where all requests pass', () => {
  expect(found(CODE, broken, has('a'))).toEqual([]);
  expect(found(CODE, broken, has('a'), has('b', 'lo'), has('c', 'kube-ipvs0'))).toEqual([]);
  expect(found(CODE, broken, has('a', 'kube-lb0'), has('b', 'kube-lb0'), has('c', 'kube-dummy-if'))).toEqual([]);
  expect(found(CODE, CLUSTER, targets, asked('load-balancer'), has('a'), has('b'))).toEqual([]);
});

test('the addresses of the nodes are read where requests through it fail', () => {
  const { requests } = diagnose(run(broken));
  const ofThird = requests.flatMap((each) => (each.kind === 'ssh-facts' && each.node === 'c' ? each.sets : []));
  expect(ofThird).toContain('ip-addr');
});
