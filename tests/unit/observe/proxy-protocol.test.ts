import { describe, expect, it } from 'vitest';
import type { ProbeSpec } from '../../../helpers/probe/protocol.ts';
import { execute } from '../../../helpers/observe/execute.ts';
import { planIngress } from '../../../helpers/observe/plans/ingress.ts';
import { Recorder } from '../../../helpers/observe/recorder.ts';
import { fleetThatAnswers, type Ending } from './support/fleet.ts';
import { runContext, serviceOn } from './support/run-context.ts';

const closed: Ending = { succeeded: 0, error: { kind: 'reset', text: 'socket hang up' } };
const answered = (status: number): Ending => ({ succeeded: 1, got: { status, body: '{"service":"web"}' } });
const isByHeader = (spec: ProbeSpec): boolean => spec.kind === 'http' && spec.proxyProtocol === true;

/** What each way in comes to, where the load balancer and the ports of a node end so. */
async function ended(lb: Ending, node: (byHeader: boolean) => Ending) {
  const context = runContext({
    nodes: 1,
    service: serviceOn([0]),
    targets: {
      hosts: [{ host: 'shop.example', path: '/health', service: 'shop/web' }],
      loadBalancer: '198.51.100.1',
      ingressNodes: ['node-0'],
    },
  });
  const fleet = fleetThatAnswers((spec) =>
    'host' in spec && spec.host === '198.51.100.1' ? lb : node(isByHeader(spec as ProbeSpec)),
  );
  const recorder = new Recorder(() => {}, 'o');
  const plan = planIngress(context, { references: new Map() });
  const observed = await execute(plan, { fleet, recorder, concurrency: 8 });
  return observed
    .filter(({ asked }) => asked.protocol === 'http')
    .map(({ role, verdict, reason, asked }) => ({
      [role]: verdict,
      reason,
      ...('proxyProtocol' in asked && { proxyProtocol: asked.proxyProtocol }),
    }));
}

describe('an ingress that expects PROXY protocol', () => {
  const byHeader = {
    worker: 'pass',
    reason: 'asked with a PROXY protocol header, which the ingress expects',
    proxyProtocol: true,
  };

  it.each([
    ['closes connections', closed],
    ['answers 400', answered(400)],
  ])('passes by a node when asked with a header, where it %s without one', async (_, without) => {
    expect(await ended(answered(200), (header) => (header ? answered(200) : without))).toEqual([
      { 'load-balancer': 'pass' },
      byHeader,
    ]);
  });

  it('fails through a load balancer that sends no header: that is what clients meet', async () => {
    expect(await ended(closed, (header) => (header ? answered(200) : closed))).toMatchObject([
      { 'load-balancer': 'fail' },
      byHeader,
    ]);
  });

  it('is not assumed where the header changes nothing', async () => {
    expect(await ended(answered(200), () => closed)).toEqual([
      { 'load-balancer': 'pass', reason: undefined },
      { worker: 'fail', reason: 'socket hang up' },
    ]);
  });
});
