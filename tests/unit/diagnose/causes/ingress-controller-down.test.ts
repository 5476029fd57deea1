import { describe, expect, test } from 'vitest';
import { at, probeOf, type Fields } from '../../../support/observations.ts';
import { CLUSTER, diagnosed, fact, failing, found } from '../../../support/cluster.ts';

const CODE = 'ingress-controller-down';

/** A host asked for at port 80 of a node that runs the ingress controller. */
const hostAt = (node: string, name: string, fields: Fields<'http'> = {}) =>
  probeOf('http', {
    suite: 'ingress',
    role: 'worker',
    source: at('runner'),
    destination: at('host', node, { ip: '10.0.0.9', port: 80, name }),
    crosses: { host: name, servedFrom: [node], size: 'mixed' },
    ...fields,
  });
const refused = ['api.shop.example', 'shop.example'].map((name) => hostAt('a', name, failing('refused')));
const sockets = (port: number) => fact('sockets', { tcp: [{ address: '0.0.0.0', port, uid: 0 }], udp: [] }, 'a');

test('a node that refuses every host and on which nothing listens has no ingress controller', () => {
  expect(found(CODE, CLUSTER, refused, sockets(10250))).toEqual(['proved at a']);
});

test('a node that refuses every host is a candidate where its sockets were not read or something listens', () => {
  expect(found(CODE, CLUSTER, refused)).toEqual(['candidate at a']);
  expect(found(CODE, CLUSTER, refused, sockets(80))).toEqual(['candidate at a']);
});

test('a node that serves one of its hosts has its ingress controller', () => {
  expect(found(CODE, CLUSTER, refused, hostAt('a', 'other.example'), sockets(10250))).toEqual([]);
});

test('a node that is silent does not refuse: its ingress controller may run', () => {
  expect(found(CODE, CLUSTER, hostAt('a', 'shop.example', failing('timeout')), sockets(10250))).toEqual([]);
});

describe('a pod of the ingress that does not run', () => {
  const crashing = (more: object = {}) =>
    fact('ingress-pod', {
      namespace: 'kube-system',
      name: 'svclb-traefik-1',
      node: 'a',
      ready: false,
      restarts: 12,
      container: 'lb-tcp-80',
      waitingReason: 'CrashLoopBackOff',
      labels: {},
      ...more,
    });
  const log = (text: string) => fact('pod-log', { namespace: 'kube-system', pod: 'svclb-traefik-1', text });
  const named = (...more: Parameters<typeof diagnosed>) =>
    diagnosed(CLUSTER, refused, ...more).find(({ code }) => code === CODE);

  test('proves that its node leads to no ingress, also where sockets were not read', () => {
    expect(found(CODE, CLUSTER, refused, crashing())).toEqual(['proved at a']);
  });

  test('is not blamed on another node', () => {
    expect(found(CODE, CLUSTER, refused, crashing({ node: 'b' }))).toEqual(['candidate at a']);
  });

  test("of K3s' ServiceLB is called so, with the Service and the words of its log", () => {
    const why = "[ERROR] can't initialize iptables table `nat': Table does not exist";
    const finding = named(crashing({ serviceLb: 'kube-system/traefik' }), log(`+ lsmod\n${why}\n+ exit 1`));
    expect(finding?.title).toBe('ServiceLB does not run, so that the ports of the ingress are closed: a');
    const said = finding?.evidence.map(({ text }) => text).join('\n');
    expect(said).toContain(
      'kube-system/svclb-traefik-1, which holds them there for kube-system/traefik, is in CrashLoopBackOff ' +
        '(container lb-tcp-80), after 12 restarts',
    );
    expect(said).toContain(why);
  });

  test('since IPv6 is switched off in the kernel has that as its remedy', () => {
    const why = 'nginx: [emerg] socket() [::]:80 failed (97: Address family not supported by protocol)';
    const finding = named(crashing(), log(`${why}\n`));
    expect(finding?.evidence.map(({ text }) => text).join()).toContain(why);
    expect(JSON.stringify(finding?.remedy)).toContain('IPv6 is switched off');
  });
});
