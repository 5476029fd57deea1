import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCircumstances, readPodLog } from '../../../helpers/cluster/circumstances.ts';
import { nodeInfo } from '../../../helpers/cluster/read-objects.ts';
import { ApiBench } from './client.ts';
import { VERSION } from './fake-api.ts';

let bench: ApiBench;
beforeAll(() => {
  bench = new ApiBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

describe('no secret comes out of', () => {
  test("a node's annotations, and the arguments that matter do", () => {
    const annotations = {
      'k3s.io/node-args': JSON.stringify([
        'server',
        '--datastore-endpoint',
        'postgres://k3s:s3cr3t@db/k3s',
        '--agent-token',
        's3cr3t',
        '--flannel-iface',
        'enp7s0',
      ]),
      'k3s.io/node-env': JSON.stringify({ K3S_TOKEN: 's3cr3t', K3S_URL: 'https://10.0.0.100:6443' }),
      'flannel.alpha.coreos.com/public-ip': '10.0.0.100',
    };
    const read = nodeInfo({ metadata: { name: 'n1', annotations } }).annotations;
    expect(JSON.stringify(read)).not.toContain('s3cr3t');
    expect(JSON.parse(read['k3s.io/node-args'] ?? '')).toEqual([
      'server',
      '--datastore-endpoint',
      '[redacted]',
      '--agent-token',
      '[redacted]',
      '--flannel-iface',
      'enp7s0',
    ]);
    expect(read['flannel.alpha.coreos.com/public-ip']).toBe('10.0.0.100');
    expect(JSON.parse(read['k3s.io/node-env'] ?? '')).toMatchObject({ K3S_URL: 'https://10.0.0.100:6443' });
  });

  test("a pod's log, and what tells of its trouble does", async () => {
    const log = [
      '[ERROR] plugin/errors: 2 example.org. A: read udp 10.42.0.5:40000->1.1.1.1:53: i/o timeout',
      'dialing https://user:s3cr3t-words@10.0.0.5/ with Authorization: Bearer s3cr3ts3cr3t',
      'starting with --token=s3cr3t',
    ].join('\n');
    const server = await bench.serve(({ path }) =>
      path === '/version'
        ? VERSION
        : path.includes('/log')
          ? { status: 200, body: log }
          : { status: 200, body: { metadata: { name: 'coredns' }, status: {} } },
    );
    const read = await readPodLog(await bench.connect(server), 'kube-system', 'coredns');
    expect('value' in read && read.value).toBe(
      [
        '[ERROR] plugin/errors: 2 example.org. A: read udp 10.42.0.5:40000->1.1.1.1:53: i/o timeout',
        'dialing https://[redacted]@10.0.0.5/ with Authorization: Bearer [redacted]',
        'starting with --token=[redacted]',
      ].join('\n'),
    );
  });

  test('the message of an event', async () => {
    const event = {
      metadata: { creationTimestamp: new Date().toISOString() },
      involvedObject: { kind: 'Pod', namespace: 'a', name: 'b' },
      reason: 'FailedCreatePodSandBox',
      message: 'failed to pull from https://robot:s3cr3t@registry.example/: K10abcdef0123456789abc::server:s3cr3t',
    };
    const server = await bench.serve(({ path }) =>
      path === '/version' ? VERSION : { status: 200, body: { items: path.includes('/events') ? [event] : [] } },
    );
    const { events } = await readCircumstances(await bench.connect(server));
    expect(events.value?.[0]?.message).toBe('failed to pull from https://[redacted]@registry.example/: [redacted]');
  });
});
