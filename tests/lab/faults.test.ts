import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inNetwork, onNode, type Reach } from '../../lab/faults/lib/commands.ts';
import { faultsInForce, healFaults, injectFault } from '../../lab/faults/lib/force.ts';
import { kubectlFor } from '../../lab/kubectl.ts';
import { labStatus } from '../../lab/status.ts';
import { readState } from '../../lab/state.ts';
import { APPS, clusterIpOf } from '../../lab/workloads/keybuzz.ts';

const lab = process.env['NETWRIGHT_TEST_LAB'] ?? '';
const [a, b, c] = ['k3s-master-01', 'k3s-worker-01', 'k3s-worker-02'] as const;
let reach: Reach;

beforeAll(async () => {
  reach = { status: await labStatus(lab), kubectl: kubectlFor(lab, (await readState(lab)).kubectl) };
});

afterEach(async () => {
  await healFaults(lab);
});

const succeeds = (promise: Promise<unknown>): Promise<boolean> =>
  promise.then(
    () => true,
    () => false,
  );

/** Whether a node reaches another's tunnel address, which is by the overlay and back. */
async function overlay(from: string, to: string): Promise<boolean> {
  const { spec } = JSON.parse(await reach.kubectl(['get', 'node', to, '-o', 'json'])) as { spec: { podCIDR: string } };
  return succeeds(
    inNetwork(reach, from, ['ping', '-q', '-c', '2', '-i', '0.2', '-W', '1', spec.podCIDR.replace(/\/\d+$/, '')]),
  );
}

async function counter(node: string, name: string): Promise<number> {
  const text = await inNetwork(reach, node, ['cat', '/proc/net/snmp']);
  const [names = [], values = []] = text
    .split('\n')
    .filter((line) => line.startsWith('Udp:'))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf(name)]);
}

const serviceAnswers = (node: string, app: string): Promise<boolean> => {
  const found = APPS.find(({ name }) => name === app) as (typeof APPS)[number];
  const clusterIp = clusterIpOf(found, reach.status.settings);
  return succeeds(inNetwork(reach, node, ['curl', '-sf', '-m', '2', `http://${clusterIp}:${found.port}/health`]));
};

/** What a fault may leave behind on a node: everything that the ones below touch. */
async function settings(node: string): Promise<string> {
  const script =
    'ip rule; ip route; ip -4 -o addr show dev eth0; ip neigh show dev flannel.1 | sort; bridge fdb show dev ' +
    'flannel.1 | sort; nft list tables; ls /run/netwright; sysctl net.ipv4.ip_forward ' +
    'net.ipv4.conf.all.rp_filter';
  return onNode(reach, node, ['sh', '-c', script]);
}

describe('a fault put into a running lab', () => {
  it('cuts the overlay of one pair when it filters UDP 8472 there, and of no other', async () => {
    await injectFault(lab, 'vxlan-port-filtered-in-path/one-pair', { from: b, to: c });
    expect(await Promise.all([overlay(b, c), overlay(c, b), overlay(a, b), overlay(a, c)])).toEqual([
      false,
      false,
      true,
      true,
    ]);
    await healFaults(lab);
    expect(await overlay(b, c)).toBe(true);
  });

  it('raises the receiver’s counter of bad checksums when it spoils them', async () => {
    await injectFault(lab, 'vxlan-bad-udp-checksum/one-sender', { node: b });
    const before = await counter(c, 'InCsumErrors');
    expect(await overlay(b, c)).toBe(false);
    expect((await counter(c, 'InCsumErrors')) - before).toBeGreaterThan(0);
  });

  it('lets a Service fail on one node alone when kube-proxy’s rules are gone there', async () => {
    await injectFault(lab, 'service-rules-flushed/absent', { node: c });
    expect([await serviceAnswers(c, 'keybuzz-api'), await serviceAnswers(a, 'keybuzz-api')]).toEqual([false, true]);
  });

  it('has a Service refuse at once when its selector matches nothing', async () => {
    await injectFault(lab, 'service-no-endpoints/selector');
    await expect.poll(() => serviceAnswers(a, 'keybuzz-ui'), { timeout: 10_000 }).toBe(false);
    expect(await serviceAnswers(a, 'keybuzz-my-ui')).toBe(true);
  });

  it('leaves one replica of CoreDNS ready and silent, and the other answering', async () => {
    const { where } = await injectFault(lab, 'coredns-replica-dead');
    const { items } = JSON.parse(
      await reach.kubectl(['-n', 'kube-system', 'get', 'pods', '-l', 'k8s-app=kube-dns', '-o', 'json']),
    ) as { items: { metadata: { name: string }; status: { podIP: string } }[] };
    const answers = Object.fromEntries(
      await Promise.all(
        items.map(
          async ({ metadata, status }) =>
            [
              metadata.name,
              await succeeds(
                inNetwork(reach, a, ['timeout', '2', 'bash', '-c', `exec 3<>/dev/tcp/${status.podIP}/53`]),
              ),
            ] as const,
        ),
      ),
    );
    expect(Object.values(answers).filter(Boolean)).toHaveLength(1);
    expect(answers[where.replica ?? '']).toBe(false);
    const ready = await reach.kubectl([
      '-n',
      'kube-system',
      'get',
      'deployment',
      'coredns',
      '-o',
      'jsonpath={.status.readyReplicas}',
    ]);
    expect(ready).toBe('2');
  });

  it('stands beside another one, and both are listed with their places', async () => {
    await injectFault(lab, 'ip-forward-off/one-node', { node: b });
    await injectFault(lab, 'host-firewall-drops-vxlan/one-direction', { from: a, to: c });
    expect((await faultsInForce(lab)).map(({ code, expected }) => [code, expected])).toEqual([
      ['ip-forward-off', [{ node: b }]],
      ['host-firewall-drops-vxlan', [{ from: a, to: c }]],
    ]);
    expect([await overlay(a, c), await overlay(a, b)]).toEqual([false, true]);
  });
});

describe('healing', () => {
  it('leaves nodes as they were, whatever was changed on them', async () => {
    const before = await settings(c);
    await injectFault(lab, 'vtep-mac-mismatch/one-direction', { from: c, to: b });
    await injectFault(lab, 'rp-filter-drops/one-node', { node: c });
    await injectFault(lab, 'flannel-lease-wrong-or-missing/destination-wrong', { from: c, to: a });
    expect(await settings(c)).not.toBe(before);
    const healed = await healFaults(lab);
    expect(healed.map(({ code }) => code)).toEqual([
      'vtep-mac-mismatch',
      'rp-filter-drops',
      'flannel-lease-wrong-or-missing',
    ]);
    expect(await settings(c)).toBe(before);
    expect(await faultsInForce(lab)).toEqual([]);
  });

  it('of a lab without faults changes nothing and says so', async () => {
    expect(await healFaults(lab)).toEqual([]);
  });
});

describe('a fault that cannot be put where it was asked for', () => {
  it('is refused before anything is broken when the lab has no such node', async () => {
    await expect(injectFault(lab, 'ip-forward-off/one-node', { node: 'k3s-worker-99' })).rejects.toMatchObject({
      code: 'lab-fault-node',
      exitCode: 2,
    });
    expect(await faultsInForce(lab)).toEqual([]);
  });

  it('is refused when both ends are one node', async () => {
    await expect(injectFault(lab, 'vxlan-port-filtered-in-path/one-pair', { from: b, to: b })).rejects.toMatchObject({
      code: 'lab-fault-place',
      exitCode: 2,
    });
  });
});
