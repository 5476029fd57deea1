import { describe, expect, test } from 'vitest';
import type { FactValue } from '../../../../helpers/model/facts.ts';
import type { Observation } from '../../../../helpers/model/observation.ts';
import { at, probeOf, type Fields } from '../../../support/observations.ts';
import { CLUSTER, diagnosed, failing, fact, serviceFact } from '../../../support/cluster.ts';

const port = (protocol: 'TCP' | 'UDP') => ({ protocol, port: 53, targetPort: '53' });
const service = (...ports: ReturnType<typeof port>[]) => {
  const made = serviceFact(['a'], { namespace: 'kube-system', name: 'kube-dns', clusterIp: '10.43.0.10', ports });
  return { ...made, value: { ...(made.value as FactValue<'service'>), dns: true } } as typeof made;
};
const replica = fact('dns-pod', { name: 'coredns-1', node: 'a', ip: '10.42.1.5', ready: true, restarts: 0 }, 'a');

const NODES = ['a', 'b', 'c'];
const byService = (protocol: 'udp' | 'tcp', fields: Fields<'dns'> = {}) =>
  NODES.map((node) =>
    probeOf('dns', {
      role: 'service-name',
      source: at('pod', node),
      destination: { ip: '10.43.0.10', name: 'kube-system/kube-dns' },
      crosses: { service: 'kube-system/kube-dns', dns: true, servedFrom: [node], translation: [node], size: 'small' },
      ...fields,
      asked: { protocol },
    }),
  );
const byReplica = (protocol: 'udp' | 'tcp', fields: Fields<'dns'> = {}) =>
  NODES.map((node) =>
    probeOf('dns', {
      role: 'replica-name',
      source: at('pod', node),
      destination: at('pod', 'a', { ip: '10.42.1.5', pod: 'coredns-1' }),
      ...fields,
      asked: { protocol },
    }),
  );
const named = (...observations: (Observation | readonly Observation[])[]) =>
  diagnosed(CLUSTER, replica, ...observations)
    .filter(({ code }) => code === 'dns-over-tcp-not-served')
    .map(({ confidence, locations }) =>
      [confidence, ...locations.map((each) => each.replica ?? each.service)].join(' '),
    );

describe('names that are answered over UDP alone', () => {
  const udp = [...byService('udp'), ...byReplica('udp')];
  const silent = byService('tcp', failing('timeout'));

  test('since the Service has no such port are named at it', () => {
    expect(named(service(port('UDP')), udp, silent, byReplica('tcp'))).toEqual(['proved kube-system/kube-dns']);
  });

  test('by the replicas too are a candidate at each', () => {
    const refused = byReplica('tcp', failing('refused'));
    expect(named(service(port('UDP'), port('TCP')), udp, silent, refused)).toEqual([
      'candidate coredns-1 kube-system/kube-dns',
    ]);
  });

  test('by the Service, which has the port, and whose replicas answer, are another cause', () => {
    expect(named(service(port('UDP'), port('TCP')), udp, silent, byReplica('tcp'))).toEqual([]);
  });

  test('are not named where UDP fails as well, or TCP passes somewhere', () => {
    const one = byService('tcp', failing('timeout')).slice(1);
    expect(named(service(port('UDP')), byService('udp', failing('timeout')), silent)).toEqual([]);
    expect(named(service(port('UDP')), udp, one, byService('tcp').slice(0, 1))).toEqual([]);
  });
});
