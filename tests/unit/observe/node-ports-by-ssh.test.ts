import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { observeNodePortsBySsh } from '../../../helpers/observe/node-ports-by-ssh.ts';
import { Recorder } from '../../../helpers/observe/recorder.ts';
import { missingSshd, portOf, SshBench, user, type TestSshd } from '../nodes/sshd.ts';
import { fleetThatAnswers } from './support/fleet.ts';
import { runContext, serviceOn } from './support/run-context.ts';

/** This machine stands for a node whose own address is not the one of localhost. */
const OWN = '127.0.0.2';
/** And for one whose shells do not end in time. */
const STUCK = '127.0.0.4';

describe.skipIf(missingSshd)('a NodePort at localhost of a node', () => {
  let bench: SshBench;
  let sshd: TestSshd;
  const servers: Server[] = [];
  beforeAll(async () => {
    bench = new SshBench();
    sshd = await bench.sshd({
      config: [
        `ListenAddress ${OWN}`,
        `ListenAddress ${STUCK}`,
        `Match LocalAddress ${STUCK}`,
        'ForceCommand sleep 60',
      ],
    });
  });
  afterAll(async () => {
    for (const server of servers) server.close();
    await bench[Symbol.asyncDispose]();
  });

  /** A NodePort that answers at these addresses. */
  async function nodePortAt(...addresses: string[]): Promise<number> {
    let port = 0;
    for (const address of addresses) {
      const server = createServer((_, response) => response.end('{"service":"web"}'));
      await new Promise<void>((resolve) => server.listen(port, address, resolve));
      servers.push(server);
      port = portOf(server);
    }
    return port;
  }

  /** A NodePort at localhost that takes connections and never answers. */
  async function nodePortThatHangs(): Promise<number> {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    return portOf(server);
  }

  /** A NodePort at localhost that answers its first request after so long, and each later one at once. */
  async function nodePortLateBy(firstMs: number): Promise<number> {
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      setTimeout(() => response.end('{"service":"web"}'), asked === 1 ? firstMs : 0);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    return portOf(server);
  }

  /** What is seen of the first of the nodes with these addresses. */
  async function observe(nodePort: number, { isDeleted = false, addresses = [OWN] } = {}) {
    const service = serviceOn([0], { ports: [{ protocol: 'TCP', port: 80, targetPort: '8080', nodePort }] });
    const context = runContext({
      nodes: addresses.length,
      service,
      targets: {
        ssh: {
          user,
          port: sshd.port,
          privateKeyPath: bench.keyPath,
          knownHostsPath: bench.write(
            'known',
            addresses.map((each) => `[${each}]:${sshd.port} ${sshd.hostKeys['ed25519']}\n`).join(''),
          ),
        },
      },
    });
    for (const [index, node] of context.topology.nodes.entries()) node.internalIp = addresses[index] ?? OWN;
    const recorder = new Recorder(undefined, 't');
    const fleet = fleetThatAnswers(() => ({ succeeded: 0 }));
    const after = isDeleted ? { ...context, topology: { ...context.topology, services: [] } } : context;
    const cluster = { newest: context, refresh: async () => after, atRest: async () => after };
    const [seen] = await observeNodePortsBySsh(cluster, new Map(), { fleet, recorder, concurrency: 1 });
    return seen;
  }

  test('passes where it answers', async () => {
    expect(await observe(await nodePortAt('127.0.0.1'))).toMatchObject({ verdict: 'pass' });
  });

  test('is no failure where only localhost refuses it: kube-proxy serves it there in one mode alone', async () => {
    expect(await observe(await nodePortAt(OWN))).toMatchObject({
      verdict: 'evidence',
      reason: expect.stringContaining(`refused at localhost and answered at ${OWN}`),
    });
  });

  test("fails where the node's own address refuses it too", async () => {
    const port = await nodePortAt('127.0.0.3');
    expect(await observe(port)).toMatchObject({ verdict: 'fail', errorKind: 'refused' });
  });

  test('is asked once more where its answer was only late', async () => {
    expect(await observe(await nodePortLateBy(60_000))).toMatchObject({ verdict: 'pass' });
  });

  test('that stays silent fails, and says nothing while the shells of other nodes are as late', async () => {
    expect(await observe(await nodePortThatHangs())).toMatchObject({ verdict: 'fail', errorKind: 'timeout' });
    expect(await observe(await nodePortThatHangs(), { addresses: [OWN, STUCK] })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('nor from shells of other nodes (1)'),
    });
  }, 60_000);

  test('says nothing where its Service was deleted meanwhile', async () => {
    expect(await observe(await nodePortAt('127.0.0.3'), { isDeleted: true })).toBeUndefined();
    expect(await observe(await nodePortAt('127.0.0.1'), { isDeleted: true })).toMatchObject({ verdict: 'pass' });
  });
});
