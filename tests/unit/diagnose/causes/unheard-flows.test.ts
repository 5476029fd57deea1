import { expect, test } from 'vitest';
import type { Connection } from '../../../../helpers/model/facts/ssh.ts';
import { diagnose } from '../../../../helpers/diagnose/index.ts';
import { CLUSTER, failing, fact, found, run, serviceFact } from '../../../support/cluster.ts';
import { at, probeOf } from '../../../support/observations.ts';

// No probe pod could be made: what the nodes' tables of connections say by SSH is all that is known of the tunnel.

const CODE = 'vxlan-port-filtered-in-path';
const address = (node: string): string => `10.0.0.${node.charCodeAt(0) - 96}`;

const flowsOf = (from: string, to: string, count = 3, port = 8472): Connection[] =>
  Array.from({ length: count }, (_, index) => {
    const [source, destination, sourcePort] = [address(from), address(to), 40_000 + index];
    return {
      protocol: 'udp',
      original: { source, destination, sourcePort, destinationPort: port },
      reply: { source: destination, destination: source, sourcePort: port, destinationPort: sourcePort },
      unreplied: true,
    };
  });
const table = (node: string, ...flows: Connection[][]) => fact('ssh/conntrack-udp', flows.flat(), node);

/** The runner asks a NodePort of `a`, whose endpoints are on `a` and `b`. */
const nodePort = (fields: Partial<ReturnType<typeof failing>> = {}) =>
  probeOf('http', {
    suite: 'node-port',
    role: 'from-runner',
    source: at('runner'),
    destination: at('host', 'a', { ip: address('a'), port: 30_080, name: 'shop/api' }),
    crosses: { service: 'shop/api', translation: ['a'], servedFrom: ['a'], size: 'mixed' },
    ...fields,
  });
const burst = (from: string, to: string) => probeOf('burst', { source: at('host', from), destination: at('host', to) });
const cluster = [...CLUSTER, serviceFact(['a', 'b'])];
const broken = [...cluster, nodePort(failing('timeout'))];

test('a node that knows nothing of what another sends it by the tunnel is a candidate, at that direction', () => {
  expect(found(CODE, broken, table('a', flowsOf('a', 'b')), table('b'))).toEqual(['candidate at a b']);
  expect(found(CODE, broken, table('a', flowsOf('a', 'b'), flowsOf('b', 'a')), table('b', flowsOf('b', 'a')))).toEqual([
    'candidate at a b',
  ]);
});

test.each([
  ['it knows of them', broken, [table('a', flowsOf('a', 'b')), table('b', flowsOf('a', 'b', 1))]],
  ['so few were sent that they may be younger than its table', broken, [table('a', flowsOf('a', 'b', 2)), table('b')]],
  ['they go to another port', broken, [table('a', flowsOf('a', 'b', 5, 53)), table('b')]],
  ['its table was not read', broken, [table('a', flowsOf('a', 'b'))]],
  ['nothing fails', [...cluster, nodePort()], [table('a', flowsOf('a', 'b')), table('b')]],
])('it is none where %s', (_title, observed, tables) => {
  expect(found(CODE, observed, ...tables)).toEqual([]);
});

test('it is none between nodes whose probes counted bursts with others: the pair was not drawn', () => {
  const tables = [table('a', flowsOf('a', 'b')), table('b')];
  const toC = [burst('a', 'c'), burst('b', 'c')];
  expect(found(CODE, broken, ...toC, ...tables)).toEqual([]);
  expect(found(CODE, broken, burst('a', 'c'), ...tables)).toEqual(['candidate at a b']);
});

test('the tables are read where something fails and no pair of nodes was probed', () => {
  const asked = (...observed: Parameters<typeof run>) =>
    diagnose(run(...observed)).requests.flatMap((each) => (each.kind === 'ssh-facts' ? each.sets : []));
  expect(asked(broken)).toContain('conntrack-udp');
  expect(asked(cluster, nodePort())).not.toContain('conntrack-udp');
});
