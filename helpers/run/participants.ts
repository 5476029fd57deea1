import type { V1Node } from '@kubernetes/client-node';
import ipaddr from 'ipaddr.js';
import type { ReadTopology } from '../cluster/topology.ts';
import { NetwrightError } from '../errors.ts';
import { selectNodes, type NodeSelection } from '../model/node-selection.ts';
import type { Hole } from '../model/finding.ts';

/** Who takes part in a run, told from what the API server says before anything is asked of any node. */
export interface Participants {
  /** Names of nodes that take no part. */
  leftOut: string[];
  /** Why, of each; by choice, or because it cannot be looked at. */
  holes: Hole[];
  /** Nodes on which there is no room for two more pods, and in which words. */
  full: ReadonlyMap<string, string>;
  /** What is worth knowing before the first probe. */
  notes: string[];
}

const nameOf = ({ metadata }: V1Node): string => metadata?.name ?? '';
const UNINITIALIZED = 'node.cloudprovider.kubernetes.io/uninitialized';
/** The probe of the pod network and that of the host's. */
const PROBES_A_NODE = 2;

/** Names of the nodes that the selection leaves out. Throws a usage error for a word that means nothing here. */
function notSelected(nodes: readonly V1Node[], selection: NodeSelection | undefined): string[] {
  if (!selection) return [];
  const known = nodes.map((node) => ({ name: nameOf(node), labels: node.metadata?.labels ?? {} }));
  const { names, unknown } = selectNodes(selection, known);
  if (unknown.length > 0 || names.length === 0)
    throw new NetwrightError(
      unknown.length > 0
        ? `the cluster has no node and no label of nodes called ${unknown.join(', ')}`
        : `NETWRIGHT_NODES=${selection.text} selects none of the ${known.length} nodes`,
      { code: 'nodes-unknown', hint: `nodes there: ${known.map(({ name }) => name).join(', ')}; see NETWRIGHT_NODES` },
    );
  return known.map(({ name }) => name).filter((name) => !names.includes(name));
}

/** Why a node that has no InternalIP has none, as far as it says. */
function withoutAddress({ spec, status }: V1Node): string {
  const others = (status?.addresses ?? [])
    .filter(({ type }) => type !== 'Hostname')
    .map(({ type, address }) => `${type} ${address}`);
  const taint = spec?.taints?.find(({ key }) => key === UNINITIALIZED);
  return [
    'it has no InternalIP',
    ...(others.length > 0 ? [`only ${others.join(', ')}`] : []),
    ...(taint ? [`its cloud controller has not initialised it (taint ${UNINITIALIZED})`] : []),
  ].join('; ');
}

const isPublic = (address: string): boolean => ipaddr.isValid(address) && ipaddr.parse(address).range() === 'unicast';

/** Nodes whose InternalIP is public while that of others is private: what is between them leaves that network. */
function publicNotes({ topology }: ReadTopology): string[] {
  const isOdd = ({ internalIp }: { internalIp: string }) => isPublic(internalIp);
  const odd = topology.nodes.filter(isOdd);
  if (odd.length === 0 || odd.length === topology.nodes.length) return [];
  return odd.map(({ name, internalIp }) => `the InternalIP of ${name} is public (${internalIp}), others' are private`);
}

function fullNodes({ nodes, pods }: ReadTopology): Map<string, string> {
  return new Map(
    nodes.flatMap((node): [string, string][] => {
      const most = Number(node.status?.allocatable?.['pods'] ?? Number.POSITIVE_INFINITY);
      const held = pods.filter(({ spec }) => spec?.nodeName === nameOf(node)).length;
      return held + PROBES_A_NODE > most ? [[nameOf(node), `${nameOf(node)} holds ${held} of ${most} pods`]] : [];
    }),
  );
}

/** Says who takes part, and why the others do not. Throws a usage error for a selection that selects nothing. */
export function participantsOf(read: ReadTopology, selection: NodeSelection | undefined): Participants {
  const chosen = notSelected(read.nodes, selection);
  const foreign = read.foreignNodes.filter(({ name }) => !chosen.includes(name));
  const homeless = read.nodes.filter(
    (node) =>
      !chosen.includes(nameOf(node)) &&
      !foreign.some(({ name }) => name === nameOf(node)) &&
      !node.status?.addresses?.some(({ type }) => type === 'InternalIP'),
  );
  return {
    leftOut: [...chosen, ...homeless.map(nameOf)],
    holes: [
      ...homeless.map((node) => ({
        what: `everything from and to ${nameOf(node)}`,
        why: withoutAddress(node),
        node: nameOf(node),
      })),
      ...foreign.map(({ name, kind }) => ({ what: name, why: `${kind}: the probes need Linux`, isByChoice: true })),
      ...(chosen.length > 0
        ? [{ what: chosen.join(', '), why: `left out by NETWRIGHT_NODES=${selection?.text}`, isByChoice: true }]
        : []),
    ],
    full: fullNodes(read),
    notes: [...homeless.map((node) => `${nameOf(node)} takes no part: ${withoutAddress(node)}`), ...publicNotes(read)],
  };
}
