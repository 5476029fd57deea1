import { expect, test } from 'vitest';
import { checkWay } from '../../../../helpers/run/doctor/way.ts';

const nodes = [{ status: { addresses: [{ type: 'InternalIP', address: '127.0.0.1' }] } }];
const ssh = { user: 'root', port: 22, knownHostsPath: '/dev/null' };
const files = { kind: 'files' as const, paths: [] };
const inside = { kind: 'service-account' as const, folder: '/dev/null', server: 'https://10.43.0.1' };
/** As where nothing answers: whoever asks is told nothing. */
const unheard = AbortSignal.abort();

test('that no way leads to the nodes is a lack, with what it costs', async () => {
  expect(await checkWay(nodes, { kubeconfig: files, ssh: undefined }, unheard)).toEqual([
    expect.objectContaining({ name: 'way to the nodes', state: 'lack', cost: expect.stringContaining('NodePorts') }),
  ]);
});

test('who logs in to the nodes by SSH has a way, unless by a jump host', async () => {
  expect(await checkWay(nodes, { kubeconfig: files, ssh }, unheard)).toEqual([]);
  const jumps = [{ host: 'jump', port: 22, user: 'root' }];
  expect(await checkWay(nodes, { kubeconfig: files, ssh: { ...ssh, jumps } }, unheard)).toHaveLength(1);
});

test('nothing is asked from outside in the cluster, and of no node where there is none', async () => {
  expect(await checkWay(nodes, { kubeconfig: inside, ssh: undefined }, unheard)).toEqual([]);
  expect(await checkWay([], { kubeconfig: files, ssh: undefined }, unheard)).toEqual([]);
});
