import { expect, test } from 'vitest';
import { CLUSTER, diagnosed, fact, failing, podToPod } from '../../../support/cluster.ts';
import { at } from '../../../support/observations.ts';

const NODES = ['a', 'b', 'c'] as const;
const FAILS = failing('timeout');
const ipv6Of = (node: string) => `fd00:42:0:${node.charCodeAt(0) - 96}::2`;
const crosses = (from: string, to: string) => ({
  overlay: [[from, to] as [string, string]],
  underlay: [[from, to] as [string, string]],
  pods: [from, to],
  size: 'small' as const,
});

/** The mesh of pods in both families; `isLost` says of which pairs IPv6 is. */
const mesh = (isLost: (from: string, to: string) => boolean) =>
  NODES.flatMap((from) =>
    NODES.filter((to) => to !== from).flatMap((to) => [
      podToPod(from, to, { role: 'tcp-small', crosses: crosses(from, to) }),
      podToPod(from, to, {
        role: 'tcp-small',
        source: at('pod', from, { ip: ipv6Of(from) }),
        destination: at('pod', to, { ip: ipv6Of(to), port: 8377 }),
        crosses: crosses(from, to),
        ...(isLost(from, to) ? FAILS : {}),
      }),
    ]),
  );
const at1 = (node: string) => (from: string, to: string) => from === node || to === node;
const titles = (...observations: Parameters<typeof diagnosed>) =>
  diagnosed(...observations).map(({ confidence, title }) => `${confidence}: ${title}`);

test('IPv6 that a node does not forward is proved there, and is not named where it does or where it passes', () => {
  const forwarding = (value: number) => fact('sysctls', { 'net.ipv6.conf.all.forwarding': value }, 'b');
  expect(titles(CLUSTER, mesh(at1('b')), forwarding(0))).toEqual(['proved: the node does not forward IPv6: b']);
  expect(titles(CLUSTER, mesh(at1('b')), forwarding(1))).toEqual(['candidate: IPv6 fails where IPv4 passes: b']);
  expect(
    titles(
      CLUSTER,
      mesh(() => false),
      forwarding(0),
    ),
  ).toEqual([]);
});
