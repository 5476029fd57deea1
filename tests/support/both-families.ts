import { failing, podToPod } from './cluster.ts';
import { at } from './observations.ts';

const NODES = ['a', 'b', 'c'] as const;
export const FAILS = failing('timeout');
export const ipv6Of = (node: string) => `fd00:42:0:${node.charCodeAt(0) - 96}::2`;
export const crosses = (from: string, to: string) => ({
  overlay: [[from, to] as [string, string]],
  underlay: [[from, to] as [string, string]],
  pods: [from, to],
  size: 'small' as const,
});

/** The mesh of pods in both families; `isLost` says of which pairs IPv6 is. */
export const mesh = (isLost: (from: string, to: string) => boolean, ofIpv4: typeof FAILS | object = {}) =>
  NODES.flatMap((from) =>
    NODES.filter((to) => to !== from).flatMap((to) => [
      podToPod(from, to, { role: 'tcp-small', crosses: crosses(from, to), ...(isLost(from, to) ? ofIpv4 : {}) }),
      podToPod(from, to, {
        role: 'tcp-small',
        source: at('pod', from, { ip: ipv6Of(from) }),
        destination: at('pod', to, { ip: ipv6Of(to), port: 8377 }),
        crosses: crosses(from, to),
        ...(isLost(from, to) ? FAILS : {}),
      }),
    ]),
  );

/** Pairs of which one end is this node. */
export const at1 = (node: string) => (from: string, to: string) => from === node || to === node;
