import { describe, expect, it } from 'vitest';
import type { EndpointInfo } from '../../../helpers/model/topology.ts';
import type { RunContext } from '../../../helpers/model/run-context.ts';
import type { PlannedProbe } from '../../../helpers/observe/planned-probe.ts';
import { Recorder } from '../../../helpers/observe/recorder.ts';
import { executeSettled } from '../../../helpers/observe/settle.ts';
import { SettlingCluster } from '../../../helpers/observe/settling-cluster.ts';
import { connectionTo } from '../../support/planned.ts';
import { fleetThatAnswers } from './support/fleet.ts';

const endpoint = (ip: string): EndpointInfo => ({ ip, ports: { '': 80 }, node: 'a', pod: `pod-${ip}`, ready: true });

function contextWith(ips: string[], endpointChanges = 1): RunContext {
  const services = [
    {
      namespace: 'shop',
      name: 'ui',
      type: 'ClusterIP',
      clusterIp: '10.43.0.9',
      selector: {},
      ports: [],
      endpoints: ips.map(endpoint),
      endpointChanges,
    },
  ];
  return {
    pods: [],
    targets: {},
    topology: { services, dnsPods: [], nodes: [], ingresses: [] },
  } as unknown as RunContext;
}

/** One probe for each endpoint of the Service, as it is known when it is planned. */
const plan = ({ topology }: RunContext): PlannedProbe[] =>
  (topology.services[0]?.endpoints ?? []).map(({ ip }) =>
    connectionTo(ip, 80, 100, { suite: 'cluster-ip', role: 'endpoint', service: 'shop/ui' }),
  );

/**
 * Runs the plan against a world in which just these addresses answer, while the cluster is read as said, the last
 * reading again and again.
 */
async function run(first: string[], readings: string[][], alive: string[]) {
  let asked = 0;
  let batches = 0;
  const fleet = fleetThatAnswers(
    (probe) => {
      const up = 'host' in probe && alive.includes(probe.host);
      return { succeeded: up ? 1 : 0, ...(!up && { error: { kind: 'refused', text: 'refused' } }) };
    },
    () => void (batches += 1),
  );
  const recorder = new Recorder(undefined, 't');
  const refresh = async () => contextWith(readings[Math.min(asked++, readings.length - 1)] ?? first);
  const cluster = new SettlingCluster(contextWith(first), refresh);
  const observations = await executeSettled(cluster, plan, { fleet, recorder, concurrency: 4 });
  return {
    seen: observations.map(({ destination, verdict }) => `${destination.ip} ${verdict}`),
    recorded: recorder.observations.length,
    batches,
    now: cluster.newest.topology.services[0]?.endpoints.map(({ ip }) => ip),
  };
}

describe('probes of a Service', () => {
  it('that all pass are measured once', async () => {
    expect(await run(['1', '2'], [['1', '2']], ['1', '2'])).toMatchObject({ seen: ['1 pass', '2 pass'], batches: 1 });
  });

  it('that fail while its pods stay the same have failed, at once', async () => {
    expect(await run(['1', '2'], [['1', '2']], ['1'])).toMatchObject({ seen: ['1 pass', '2 fail'], batches: 1 });
  });

  it(
    'that fail while its pods are replaced are made anew for those ' + 'that are there then, and only that is recorded',
    async () => {
      expect(
        await run(
          ['1', '2'],
          [
            ['1', '3'],
            ['3', '4'],
          ],
          ['3', '4'],
        ),
      ).toMatchObject({ seen: ['3 pass', '4 pass'], recorded: 2, now: ['3', '4'] });
    },
  );

  it('that fail before and after its pods were replaced have failed', async () => {
    expect(await run(['1'], [['2']], [])).toMatchObject({ seen: ['2 fail'] });
  });

  it('that ask for a deleted Service are not recorded, of one that is there they are', async () => {
    const fleet = fleetThatAnswers(() => ({ succeeded: 0, error: { kind: 'refused', text: 'refused' } }));
    const gone = { ...contextWith([]), topology: { ...contextWith([]).topology, services: [] } };
    const named = (): PlannedProbe[] =>
      ['shop/ui', 'shop/other'].map((about) => ({ ...connectionTo('1', 53, 100, { suite: 'coredns' }), about }));
    const options = { fleet, recorder: new Recorder(undefined, 't'), concurrency: 4 };
    const observedWith = async (after: RunContext) =>
      (await executeSettled(new SettlingCluster(contextWith([]), async () => after), named, options)).length;
    expect([await observedWith(contextWith([])), await observedWith(gone)]).toEqual([2, 1]);
  });

  it('that ask for a Service which another suite has found deleted are not recorded either', async () => {
    const fleet = fleetThatAnswers(() => ({ succeeded: 0, error: { kind: 'refused', text: 'refused' } }));
    const gone = { ...contextWith([]), topology: { ...contextWith([]).topology, services: [] } };
    const cluster = new SettlingCluster(contextWith([]), async () => gone);
    await cluster.refresh();
    const named = () => [{ ...connectionTo('1', 53, 100, { suite: 'coredns' }), about: 'shop/ui' }];
    const options = { fleet, recorder: new Recorder(undefined, 't'), concurrency: 4 };
    expect(await executeSettled(cluster, named, options)).toEqual([]);
  });

  it('that ask for a Service which is deleted during the last round are not recorded', async () => {
    let batches = 0;
    const fleet = fleetThatAnswers(
      () => ({ succeeded: 0, error: { kind: 'refused', text: 'refused' } }),
      () => void (batches += 1),
    );
    const gone = { ...contextWith([]), topology: { ...contextWith([]).topology, services: [] } };
    const cluster = new SettlingCluster(contextWith(['1']), async () =>
      batches < 3 ? contextWith([String(batches + 1)]) : gone,
    );
    const named = (context: RunContext) => plan(context).map((probe) => ({ ...probe, about: 'shop/ui' }));
    const options = { fleet, recorder: new Recorder(undefined, 't'), concurrency: 4 };
    expect(await executeSettled(cluster, named, options)).toEqual([]);
    expect(batches).toBe(3);
  });

  it('that fail while its pods were away and are back count as made anew', async () => {
    let batches = 0;
    const fleet = fleetThatAnswers(
      () => ({ succeeded: batches > 1 ? 1 : 0, ...(batches < 2 && { error: { kind: 'timeout', text: 'timeout' } }) }),
      () => void (batches += 1),
    );
    const cluster = new SettlingCluster(contextWith(['1'], 4), () => Promise.resolve(contextWith(['1'], 6)));
    const options = { fleet, recorder: new Recorder(undefined, 't'), concurrency: 4 };
    const observed = await executeSettled(cluster, plan, options);
    expect(observed.map(({ verdict }) => verdict)).toEqual(['pass']);
  });
});
