import { describe, expect, it } from 'vitest';
import { takenIn } from '../../../helpers/observe/taken-in.ts';
import type { Batch } from '../../../helpers/probe/protocol.ts';
import { withCanary } from '../../../helpers/run/with-canary.ts';
import { fleetThatAnswers, type Ending } from './support/fleet.ts';
import { runContext, serviceOn } from './support/run-context.ts';

const HOST = 'canary-r1.netwright.invalid';

const context = withCanary(
  runContext({ nodes: 3, service: serviceOn([0]), targets: { ingressNodes: ['node-1'], ingressHttpPort: 80 } }),
  {
    canary: { service: 'netwright-r1/canary', key: 'k1', readyAtMs: Date.now(), ingress: { host: HOST } },
    services: [
      serviceOn([0, 1, 2], {
        namespace: 'netwright-r1',
        name: 'canary',
        clusterIp: '10.43.0.77',
        isOwn: true,
        ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: '8080', nodePort: 31001 }],
      }),
    ],
    ingresses: [
      {
        namespace: 'netwright-r1',
        name: 'canary',
        className: 'nginx',
        rules: [{ host: HOST, path: '/', service: 'canary', servicePort: 80 }],
        tlsHosts: [],
      },
    ],
    holes: [],
  },
);

const right: Ending = { succeeded: 1, got: { status: 200, body: '{"service":"canary"}' } };
const silence: Ending = { succeeded: 0 };

type Spec = Batch['probes'][number];
const isForHost = (spec: Spec): boolean => spec.kind === 'http' && spec.host === '192.0.2.2' && spec.port === 80;

/** What stands at each of these places asks once a round: the agents of two networks on three nodes, and the runner. */
const PLACES = 7;

/** How many batches of questions it takes, in a world that answers so; `before` tells how many were asked before. */
async function batchesOf(end: (spec: Spec, before: number) => Ending): Promise<number> {
  let batches = 0;
  let before = 0;
  const fleet = fleetThatAnswers(
    (spec) => end(spec, before),
    () => {
      before = batches;
      batches += 1;
    },
  );
  await takenIn(context, fleet);
  return batches;
}

describe('the wait until the cluster has taken its new Service in', () => {
  it('ends at once where every way is answered', async () => {
    expect(await batchesOf(() => right)).toBe(PLACES);
  });

  it('does not wait for an outage: one connection that is answered shows that the rules are there', async () => {
    // The first round asks on one connection, the second on several.
    const oneOfThree = ({ id }: Spec): Ending => (id.endsWith('.2') ? right : silence);
    expect(await batchesOf(oneOfThree)).toBe(2 * PLACES - 1);
  });

  it('goes on where nodes do not answer yet, and not for the runner, whom a firewall may keep out', async () => {
    const nodes = PLACES - 1;
    const late = (_spec: Spec, before: number): Ending => (before < PLACES + nodes ? silence : right);
    expect(await batchesOf(late)).toBe(3 * nodes + 1);
  });

  it('asks only those again that have not answered, as a controller that at times knows no such host', async () => {
    const notFound: Ending = { succeeded: 1, got: { status: 404, body: '' } };
    const halfRead = (spec: Spec, before: number): Ending =>
      isForHost(spec) && before <= PLACES && /[.][02]$/.test(spec.id) ? notFound : right;
    expect(await batchesOf(halfRead)).toBe(PLACES + 2);
  });
});
