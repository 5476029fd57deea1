import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { healFaults, injectFault } from '../../lab/faults/lib/force.ts';
import { labDown, labUp, parseMakes } from '../../lab/index.ts';
import { prepareKit } from '../../lab/setup/index.ts';
import { LabBench, type Ended } from './bench.ts';
import { HEALTHY, judged } from './healthy.ts';

const LAB = 'nwmake-networks';
const RUN_TIMEOUT_MS = 180_000;
const PAIR = { from: 'k3s-worker-01', to: 'k3s-worker-02' };

let bench: LabBench;
beforeAll(async () => {
  const settings = parseMakes('underlay=hetzner,overlay-iface=public,node-mask=26,node-names=overridden');
  const kit = await prepareKit({ signal: new AbortController().signal, settings });
  await labUp({ name: LAB, topology: 3, settings, kit });
  bench = await LabBench.open(LAB);
}, 300_000);
afterEach(() => healFaults(LAB), 120_000);
afterAll(async () => {
  bench[Symbol.dispose]();
  await labDown(LAB);
}, 60_000);

const found = ({ report }: Ended) =>
  report?.findings.map(({ code, confidence, locations }) => [confidence, code, locations]);

it(
  'A cluster whose overlay goes by another network than the nodes’ own addresses is healthy, with small ranges and ' +
    'hosts of other names',
  async () => {
    expect(judged(await bench.run(['run']))).toEqual(HEALTHY);
  },
  RUN_TIMEOUT_MS,
);

it(
  'UDP 8472 that is dropped in the network of the overlay is proved there',
  async () => {
    await injectFault(LAB, 'vxlan-port-filtered-in-path/one-direction', PAIR);
    expect(found(await bench.run(['run']))).toEqual([['proved', 'vxlan-port-filtered-in-path', [PAIR]]]);
  },
  RUN_TIMEOUT_MS,
);

it(
  'Nodes that do not reach each other’s own addresses are named, though the network of the overlay is whole',
  async () => {
    await injectFault(LAB, 'node-path-down/one-pair', PAIR);
    const ended = await bench.run(['run']);
    expect(found(ended)?.map(([, code]) => code)).toEqual(['node-path-down']);
    expect(ended.report?.unexplainedGroups).toEqual([]);
  },
  RUN_TIMEOUT_MS,
);
