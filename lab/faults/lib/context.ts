import { CALICO_IPIP_DEVICE, CALICO_VXLAN, CALICO_VXLAN_PORT } from '../../../helpers/model/overlay/calico.ts';
import { vxlanDevice } from '../../../helpers/model/overlay/flannel.ts';
import { overlayCard } from '../../makes/overlay-iface.ts';
import { dnsAddress } from '../../makes/ranges.ts';
import { uplinkOf } from '../../makes/underlay.ts';
import type { LabNodeStatus, LabStatus } from '../../status.ts';
import { inEdge, inFabric, inNetwork, nodeNamed, onNode, type Reach } from './commands.ts';
import { forReplacement, type KubeObject } from './objects.ts';
import type { Undo } from './record.ts';

/** The table of an injection, in the fabric and on nodes: mending it is deleting it. */
const TABLE = 'netwright_fault';

/**
 * The hands of a fault: each step records how it is undone, in the lab's folder, before it is taken. What is undone may
 * already be gone, or never have been there: undoing fails silently, and whether the lab is sound again is looked at
 * after.
 */
export class FaultContext {
  readonly status: LabStatus;
  readonly #reach: Reach;
  readonly #table: string;
  readonly #record: (undo: Undo) => Promise<void>;
  readonly #tables = new Set<string>();

  constructor(reach: Reach, number: number, record: (undo: Undo) => Promise<void>) {
    this.status = reach.status;
    this.#reach = reach;
    this.#table = `${TABLE}_${number}`;
    this.#record = record;
  }

  /** UDP port of the lab's overlay. */
  get port(): number {
    const { network, vxlanPort } = this.status.settings;
    return network === 'calico-vxlan' ? CALICO_VXLAN_PORT : vxlanPort;
  }

  /** The range of pods' addresses, that of Services', and the DNS Service's own address. */
  get ranges(): { pods: string; services: string; dns: string } {
    const { settings } = this.status;
    return { pods: settings.pods, services: settings.services, dns: dnsAddress(settings) };
  }

  /** The card by which nodes reach each other. */
  get uplink(): { name: string; mtu: number } {
    return uplinkOf(this.status.settings);
  }

  /** The card by which the overlay joins the nodes. */
  get overlayCard(): { name: string; mtu: number } {
    return overlayCard(this.status.settings);
  }

  /** Name of the nodes' tunnel device. */
  get tunnel(): string {
    const { network, vni } = this.status.settings;
    if (network === 'calico-ipip') return CALICO_IPIP_DEVICE;
    return network === 'calico-vxlan' ? CALICO_VXLAN.device : vxlanDevice(vni);
  }

  node(name: string): LabNodeStatus {
    return nodeNamed(this.#reach, name);
  }

  /** Nodes other than this one. */
  peersOf(name: string): LabNodeStatus[] {
    return this.status.nodes.filter((node) => node.name !== name);
  }

  /** Rules on every frame between the members of the fabric, in a chain that accepts what they do not drop. */
  async inFabric(...rules: string[]): Promise<void> {
    if (!this.#tables.has('fabric')) {
      this.#tables.add('fabric');
      await this.#record({ on: 'fabric', argv: ['nft', 'delete', 'table', 'bridge', this.#table] });
      await inFabric(
        this.#reach,
        ['nft', '-f', '-'],
        `table bridge ${this.#table} {\n chain forward {\n type filter hook forward priority -100\n }\n}\n`,
      );
    }
    for (const rule of rules)
      await inFabric(this.#reach, ['nft', '-f', '-'], `add rule bridge ${this.#table} forward ${rule}\n`);
  }

  /**
   * Rules that know connections. The kernel here cannot track them for the bridge itself, so that frames are handed to
   * inet's hooks, as on a host with br_netfilter.
   */
  async inFabricStateful(...rules: string[]): Promise<void> {
    const setting = 'net.bridge.bridge-nf-call-iptables';
    await this.onFabric(['sysctl', '-qw', `${setting}=1`], ['sysctl', '-qw', `${setting}=0`]);
    await this.#record({ on: 'fabric', argv: ['nft', 'delete', 'table', 'inet', this.#table] });
    await inFabric(
      this.#reach,
      ['nft', '-f', '-'],
      `table inet ${this.#table} {\n chain forward {\n type filter hook forward priority 0\n ` +
        `${rules.join('\n ')}\n }\n}\n`,
    );
  }

  /** Runs a command in the fabric's namespace. */
  async onFabric(argv: string[], undo?: string[]): Promise<string> {
    if (undo) await this.#record({ on: 'fabric', argv: undo });
    return inFabric(this.#reach, argv);
  }

  /** A base chain of our own on a node, for example `hook: 'input'`, and its rules. */
  async nftOnNode(
    node: string,
    hook: string,
    rules: string[],
    { priority = '-10', policy = 'accept', type = 'filter' } = {},
  ): Promise<void> {
    const argv = ['nft', 'delete', 'table', 'inet', this.#table];
    if (!this.#tables.has(node)) await this.#record({ on: 'node-network', node, argv });
    this.#tables.add(node);
    const body =
      `table inet ${this.#table} {\n chain ${hook} {\n type ${type} hook ${hook} priority ${priority}; policy ` +
      `${policy};\n ${rules.join('\n ')}\n }\n}\n`;
    await inNetwork(this.#reach, node, ['nft', '-f', '-'], body);
  }

  /** Runs a command inside a node; `undo` runs there too. */
  async onNode(node: string, argv: string[], undo?: string[], input?: string): Promise<string> {
    if (undo) await this.#record({ on: 'node', node, argv: undo });
    return onNode(this.#reach, node, argv, input);
  }

  /** Runs a command of this machine in a node's network. */
  async inNetwork(node: string, argv: string[], undo?: string[]): Promise<string> {
    if (undo) await this.#record({ on: 'node-network', node, argv: undo });
    return inNetwork(this.#reach, node, argv);
  }

  async onEdge(argv: string[], input?: string, undo?: Pick<Undo, 'argv' | 'input'>): Promise<string> {
    if (undo) await this.#record({ on: 'edge', ...undo });
    return inEdge(this.#reach, argv, input);
  }

  /** Sets a kernel setting of a node's network, and records what it was. */
  async sysctl(node: string, name: string, value: string): Promise<void> {
    const before = (await inNetwork(this.#reach, node, ['sysctl', '-n', name])).trim();
    await this.inNetwork(node, ['sysctl', '-qw', `${name}=${value}`], ['sysctl', '-qw', `${name}=${before}`]);
  }

  /**
   * Kills a component of a node, which therefore leaves everything as it is (flannel would take its rules along), and
   * keeps it from being started again.
   */
  async hold(node: string, component: string): Promise<void> {
    const hold = `/run/netwright/hold-${component}`;
    await this.onNode(node, ['touch', hold], ['rm', '-f', hold]);
    await this.onNode(node, ['sh', '-c', `kill -KILL "$(cat /run/netwright/${component}.pid)"`]);
    // Its supervisor has seen it end when the kernel has no such process any more.
    await this.onNode(node, [
      'sh',
      '-c',
      `for i in $(seq 100); do kill -0 "$(cat /run/netwright/${component}.pid)" 2>/dev/null || exit 0; sleep ` +
        '0.05; done; exit 1',
    ]);
  }

  async kubectl(args: string[], input?: string, undo?: string[]): Promise<string> {
    if (undo) await this.#record({ on: 'kubectl', argv: undo });
    return this.#reach.kubectl(args, input);
  }

  async get<T>(args: string[]): Promise<T> {
    return JSON.parse(await this.#reach.kubectl(['get', ...args, '-o', 'json'])) as T;
  }

  /** Changes an object, and records the whole of what it was. */
  async change(namespace: string, object: string, change: (object: KubeObject) => void): Promise<void> {
    const before = forReplacement(await this.get<KubeObject>(['-n', namespace, object]));
    const after = structuredClone(before);
    change(after);
    await this.#record({ on: 'kubectl', argv: ['replace', '-f', '-'], input: JSON.stringify(before) });
    await this.#reach.kubectl(['replace', '-f', '-'], JSON.stringify(after));
  }

  /** Makes an object that is deleted again. */
  async create(manifest: KubeObject): Promise<void> {
    const { kind, metadata } = manifest;
    await this.#record({
      on: 'kubectl',
      argv: [
        'delete',
        kind,
        metadata.name,
        '-n',
        metadata.namespace ?? 'default',
        '--ignore-not-found',
        '--force',
        '--grace-period=0',
        '--wait=true',
      ],
    });
    await this.#reach.kubectl(['apply', '-f', '-'], JSON.stringify(manifest));
  }

  /** A step that is taken only when the fault is mended, before those that were recorded earlier. */
  onHealing(undo: Undo): Promise<void> {
    return this.#record(undo);
  }
}
