import { describe, expect, it } from 'vitest';
import { planControls } from '../../../../helpers/observe/overlay/bursts/controls.ts';
import { planKubelets } from '../../../../helpers/observe/overlay/bursts/kubelets.ts';
import { pairsOf } from '../../../../helpers/observe/plans/pairs.ts';
import { rolesOf, runContext, waysOf } from '../support/run-context.ts';

const plan = (context: ReturnType<typeof runContext>) => planControls(context, pairsOf(context), new Map());
const announcing = (publicIp: string) => {
  const context = runContext({ nodes: 2 });
  const nodes = context.topology.nodes.map((node, index) =>
    index === 1 ? { ...node, annotations: { 'flannel.alpha.coreos.com/public-ip': publicIp } } : node,
  );
  return { ...context, topology: { ...context.topology, nodes } };
};

describe('the controls of the overlay', () => {
  it('are an echo and a connection by other ports, and an echo to the tunnel, for each ordered pair', () => {
    expect(rolesOf(plan(runContext({ nodes: 3 })))).toEqual({ 'control-udp': 6, 'tunnel-echo': 6, 'control-tcp': 6 });
  });

  it('cross the overlay to the address of the tunnel alone', () => {
    const overlay = plan(runContext({ nodes: 2 })).filter(({ crosses }) => crosses.overlay);
    expect(overlay.map(({ role, destination }) => `${role} ${destination.ip}`)).toEqual([
      'tunnel-echo 10.42.1.0',
      'tunnel-echo 10.42.0.0',
    ]);
  });

  it('go to the address that the overlay announces, and to the own one beside it where they differ', () => {
    const to1 = plan(announcing('203.0.113.7')).filter(({ destination }) => destination.node === 'node-1');
    expect(to1.map(({ role, destination }) => `${role} ${destination.ip}`)).toEqual([
      'control-udp 203.0.113.7',
      'tunnel-echo 10.42.1.0',
      'control-tcp 203.0.113.7',
      'internal-udp 192.0.2.2',
      'internal-tcp 192.0.2.2',
    ]);
  });

  it('leave out a node without a probe, whose kubelet is asked all the same', () => {
    const context = runContext({ nodes: 3, probed: [0, 1] });
    expect(waysOf(plan(context))).toEqual(['node-0 node-1', 'node-1 node-0']);
    expect(waysOf(planKubelets(context))).toEqual(['node-0 node-1', 'node-0 node-2', 'node-1 node-0', 'node-1 node-2']);
  });

  it('judge a kubelet that does not answer as evidence, not as a failure', () => {
    const [probe] = planKubelets(runContext({ nodes: 2 }));
    const silent = {
      batch: 'b',
      id: 'i',
      attempts: 1,
      succeeded: 0,
      timesMs: [],
      durationMs: 1,
      got: {},
      error: { kind: 'timeout' as const, text: 'no answer' },
    };
    expect(probe?.judge([silent]).verdict).toBe('evidence');
  });
});
