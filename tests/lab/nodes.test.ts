import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { firewallOf, type Firewall } from '../../helpers/diagnose/firewall/index.ts';
import { rulesetSchema } from '../../helpers/model/firewall.ts';
import type { NodeFact } from '../../helpers/nodes/facts.ts';
import type { NodeFetchResult } from '../../helpers/nodes/fetch.ts';
import { healFaults, injectFault } from '../../lab/faults/lib/force.ts';
import { inNetns } from '../../lab/run-in.ts';
import { labSsh } from '../../lab/ssh.ts';
import { labStatus, type LabStatus } from '../../lab/status.ts';
import type { Look } from './look-at-node.ts';

const lab = process.env['NETWRIGHT_TEST_LAB'] ?? '';
const [master, sender, receiver] = ['k3s-master-01', 'k3s-worker-01', 'k3s-worker-02'] as const;
const program = fileURLToPath(new URL('look-at-node.ts', import.meta.url));
let status: LabStatus;

interface Seen {
  fetched?: NodeFetchResult;
  facts?: NodeFact[];
}

beforeAll(async () => {
  status = await labStatus(lab);
});

afterEach(async () => {
  await healFaults(lab);
});

const addressOf = (name: string) => status.nodes.find((node) => node.name === name)?.address ?? '';

function lookAt(node: string, what: Partial<Look>): Seen {
  const look: Look = { ssh: { ...labSsh(lab), port: 22 }, node, address: addressOf(node), ...what };
  const [file = '', ...args] = inNetns(status.runner, [process.execPath, program, JSON.stringify(look)]);
  const seen: Seen = JSON.parse(execFileSync(file, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }));
  return seen;
}

const valueOf = (seen: Seen, key: string) => seen.facts?.find((fact) => fact.key === key)?.value;

const rulesOf = (seen: Seen): Firewall =>
  firewallOf(['ssh/nft-ruleset', 'ssh/iptables-save'].map((key) => rulesetSchema.parse(valueOf(seen, key))));

describe('a sound node', () => {
  it('tells of its overlay, its rules, its CNI and its processes, each where it is known to be', () => {
    const seen = lookAt(sender, {
      sets: ['links', 'routes', 'firewall', 'conntrack', 'kernel', 'sockets', 'cni', 'k3s'],
    });
    expect(seen.facts?.filter(({ notObserved }) => notObserved !== undefined)).toEqual([]);
    expect(valueOf(seen, 'ssh/ip-link')).toContainEqual(
      expect.objectContaining({
        name: 'flannel.1',
        mtu: 1450,
        vxlan: expect.objectContaining({ vni: 1, port: 8472, local: addressOf(sender) }),
      }),
    );
    expect(valueOf(seen, 'ssh/bridge-fdb')).toContainEqual(
      expect.objectContaining({ device: 'flannel.1', destination: addressOf(receiver) }),
    );
    expect(valueOf(seen, 'ssh/ip-route')).toContainEqual(
      expect.objectContaining({
        type: 'unicast',
        nextHops: [expect.objectContaining({ device: 'flannel.1' })],
      }),
    );
    expect(valueOf(seen, 'ssh/listening-sockets')).toContainEqual({ protocol: 'udp', address: '0.0.0.0', port: 8472 });
    expect(valueOf(seen, 'ssh/ethtool')).toMatchObject({
      eth0: { 'tx-checksum-ip-generic': expect.any(Boolean) },
      'flannel.1': { 'tx-checksum-ip-generic': expect.any(Boolean) },
    });
    expect(valueOf(seen, 'ssh/sysctl')).toMatchObject({
      'net.ipv4.ip_forward': '1',
      'net.bridge.bridge-nf-call-iptables': '1',
      'net.ipv4.conf.eth0.rp_filter': expect.any(String),
    });
    expect(valueOf(seen, 'ssh/flannel-subnet')).toMatchObject({ FLANNEL_NETWORK: '10.42.0.0/16', FLANNEL_MTU: '1450' });
    expect(valueOf(seen, 'ssh/cni-files')).toContainEqual(
      expect.objectContaining({ path: '/etc/cni/net.d/10-flannel.conflist', name: 'cbr0' }),
    );
    expect(rulesOf(seen).isLedIn('KUBE-SERVICES', 'ip')).toBe(true);
    expect(rulesOf(seen).isPortNamed('udp', 8472)).toBe(false);
    expect(valueOf(seen, 'ssh/ps')).toEqual(
      expect.arrayContaining(
        ['kubelet', 'kube-proxy', 'flanneld', 'containerd'].map((name) => expect.objectContaining({ name })),
      ),
    );
  });

  it('answers what operators ask: curl localhost:30080 on each node', () => {
    for (const node of [master, sender, receiver]) {
      const { fetched } = lookAt(node, { fetch: 'http://localhost:30080/health' });
      expect(fetched).toMatchObject({ status: 200, body: expect.stringContaining('"service":"keybuzz-api"') });
    }
  });

  it('is reached through another one, whose host key is checked as well', () => {
    const { fetched } = lookAt(receiver, { jump: addressOf(master), fetch: 'http://localhost:30080/health' });
    expect(fetched).toMatchObject({ status: 200 });
  });
});

describe('a node whose firewall drops the overlay', () => {
  it('shows the rule, with its counter', async () => {
    await injectFault(lab, 'host-firewall-drops-vxlan/one-direction', { from: sender, to: receiver });
    const rules = rulesOf(lookAt(receiver, { pingFrom: addressOf(sender), sets: ['firewall'] }));
    expect(rules.isPortNamed('udp', 8472)).toBe(true);
  });
});
