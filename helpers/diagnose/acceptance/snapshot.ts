import { SNAPSHOT_VERSION, type Snapshot, type SnapshotHost, type SnapshotNode } from '../../model/snapshot.ts';
import type { ProbeObservation } from '../../model/observation.ts';
import { policyTitle } from '../../model/policy-kinds.ts';
import { firewallOwners } from './firewall-owners.ts';
import { pathsOf } from './paths.ts';
import type { View } from '../view/view.ts';

/** Devices of single pods: they come and go with them. */
const OF_A_POD = /^(veth|cali[0-9a-f]|lo$)/;
const NETWORK_ANNOTATION = /^(flannel\.alpha\.coreos\.com|projectcalico\.org)\//;

/** What follows the last slash. */
const fileName = (path: string): string => path.split('/').at(-1) ?? path;

function nodeOf(view: View, name: string): SnapshotNode | undefined {
  const info = view.cluster.nodes.get(name)?.value;
  if (!info) return undefined;
  const pods = view.facts.one('pods')?.value;
  const links = view.facts.one('ssh/ip-link', name)?.value ?? view.facts.one('links', name)?.value;
  const routes = view.facts.one('routes', name)?.value;
  const { cni } = view.ssh(name);
  const owners = firewallOwners(view, name);
  return {
    name,
    role: info.role,
    addresses: info.ips ?? [info.internalIp],
    podCidrs: info.podCidrs,
    ready: info.ready,
    annotations: Object.fromEntries(Object.entries(info.annotations).filter(([key]) => NETWORK_ANNOTATION.test(key))),
    ...(pods && {
      podAddresses: pods
        .filter((pod) => pod.node === name && !pod.hostNetwork)
        .flatMap(({ ips }) => ips)
        .toSorted(),
    }),
    ...(links && {
      devices: links
        .filter((link) => !OF_A_POD.test(link.name))
        .map((link) => ({ name: link.name, mtu: link.mtu, kind: link.kind })),
    }),
    ...(routes && {
      routes: routes
        .filter(({ device }) => device === undefined || !OF_A_POD.test(device))
        .map(({ destination, gateway, device }) => ({ destination, gateway, device })),
    }),
    ...(cni && {
      cni: cni.value.map(({ path, plugins }) => ({ file: fileName(path), plugins: plugins.map(({ type }) => type) })),
    }),
    ...(owners && { rules: owners.counts }),
  };
}

type HttpProbe = Extract<ProbeObservation, { kind: 'http' }>;

const hostOf = ({ asked, got, role, destination, verdict }: HttpProbe): SnapshotHost => ({
  host: asked.host ?? destination.name ?? '',
  path: asked.path,
  scheme: asked.protocol === 'https' ? 'https' : 'http',
  way: role,
  ...(got.status !== undefined && { status: got.status }),
  ...(asked.service !== undefined && { service: asked.service }),
  passed: verdict === 'pass',
});

/** A host is asked over one way at several nodes: it passes there when all of them answer. */
function hostsOf(view: View): SnapshotHost[] {
  const own = view.cluster.services.flatMap(({ value }) => (value.isOwn ? [`${value.namespace}/${value.name}`] : []));
  const asked = view.probes
    .filter((probe): probe is HttpProbe => probe.suite === 'ingress' && probe.kind === 'http')
    .filter(({ verdict, asked: { host, service } }) => verdict !== 'evidence' && host && !own.includes(service ?? ''))
    .map(hostOf);
  const groups = Map.groupBy(asked, ({ host, path, scheme, way }) => [scheme, host, path, way].join(' '));
  return [...groups.values()].flatMap((same) => {
    const shown = same.find(({ passed }) => !passed) ?? same[0];
    return shown ? [shown] : [];
  });
}

const MISSING = ['pods', 'workloads', 'ip-pools', 'network-policies'] as const;

function notObserved(view: View, nodes: readonly SnapshotNode[]): string[] {
  const lists = MISSING.filter((key) => view.facts.one(key) === undefined).map((key) => `${key} could not be read`);
  const perNode = nodes.flatMap(({ name, cni, rules, devices }) => [
    ...(devices ? [] : [`devices of ${name} could not be read`]),
    ...(cni ? [] : [`the runtime's network configuration of ${name} was not read: it takes SSH, and root there`]),
    ...(rules ? [] : [`rules of ${name} were not read: they take SSH, and root there`]),
  ]);
  return [...lists, ...perNode];
}

/** What a run saw of the network, as one document. Pure. Undefined where not even the cluster was read. */
export function snapshotOf(view: View): Snapshot | undefined {
  const { facts, cluster } = view;
  const about = facts.one('cluster')?.value;
  if (!about) return undefined;
  const nodes = [...cluster.nodes.keys()].toSorted().flatMap((name) => nodeOf(view, name) ?? []);
  const pools = facts.one('ip-pools')?.value;
  const policies = facts.one('network-policies')?.value;
  const workloads = facts.one('workloads')?.value;
  return {
    kind: 'netwright-snapshot',
    version: SNAPSHOT_VERSION,
    takenAt: view.endedAt,
    cluster: about,
    network: { kind: cluster.overlay?.value.kind ?? 'unknown', source: cluster.overlay?.value.source ?? 'not read' },
    nodes,
    ...(pools && { pools }),
    services: cluster.services
      .filter(({ value }) => !value.isOwn)
      .map(({ value: { namespace, name, type, clusterIp, ports } }) => ({
        namespace,
        name,
        type,
        clusterIp,
        ports: ports.map(({ protocol, port, nodePort }) => ({ protocol, port, nodePort })),
      })),
    hosts: hostsOf(view),
    paths: pathsOf(view.probes),
    ...(policies && { policies: policies.map(policyTitle).toSorted() }),
    ...(workloads && { workloads }),
    notObserved: notObserved(view, nodes),
  };
}
