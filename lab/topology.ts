import { NetwrightError } from '../helpers/errors.ts';
import { primaryOf } from './makes/families.ts';
import type { LabSettings } from './makes/settings.ts';

export type TopologySpec = 'small' | 'incident' | number;

export interface LabNode {
  name: string;
  role: 'server' | 'agent';
  address: string;
}

const ADDRESSES = { runner: '10.0.0.2', resolver: '10.0.0.3', loadBalancer: '10.0.0.5' };

/** Addresses outside of the cluster, which every lab has. */
export const outsideOf = (settings: Pick<LabSettings, 'families'>): typeof ADDRESSES => ({
  runner: primaryOf(ADDRESSES.runner, settings),
  resolver: primaryOf(ADDRESSES.resolver, settings),
  loadBalancer: primaryOf(ADDRESSES.loadBalancer, settings),
});

/** More nodes than this and the addresses of the fabric's range run out. */
const MAX_NODES = 120;

const number = (index: number): string => String(index + 1).padStart(2, '0');
const server = (index: number): LabNode => ({
  name: `k3s-master-${number(index)}`,
  role: 'server',
  address: `10.0.0.${100 + index}`,
});
const agent = (index: number): LabNode => ({
  name: `k3s-worker-${number(index)}`,
  role: 'agent',
  address: `10.0.0.${110 + index}`,
});
const times = (count: number, make: (index: number) => LabNode): LabNode[] =>
  Array.from({ length: count }, (_, index) => make(index));

/**
 * The nodes of a topology: `small` is 1 + 2, `incident` the 3 + 5 of the incident, a number n is 1 + (n - 1), with more
 * servers where so many run a control plane. Throws a usage error where a number has no room for them.
 */
export function nodesOf(topology: TopologySpec, controlPlanes = 1): LabNode[] {
  if (topology === 'small') return [...times(controlPlanes, server), ...times(2, agent)];
  if (topology === 'incident') return [...times(3, server), ...times(5, agent)];
  if (topology < controlPlanes)
    throw new NetwrightError(`${topology} nodes have no room for ${controlPlanes} servers`, {
      code: 'lab-topology',
      hint: `use --topology ${controlPlanes} or more`,
    });
  return [...times(controlPlanes, server), ...times(topology - controlPlanes, agent)];
}

/** The servers that run a control plane: the first, or so many as are said. */
export const controlPlanesOf = (nodes: readonly LabNode[], count: number): LabNode[] =>
  nodes.filter(({ role }) => role === 'server').slice(0, count);

/** Reads a topology as people write it. Throws a usage error. */
export function parseTopology(text: string): TopologySpec {
  if (text === 'small' || text === 'incident') return text;
  const nodes = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (nodes >= 1 && nodes <= MAX_NODES) return nodes;
  throw new NetwrightError(`"${text}" is no topology`, {
    code: 'lab-topology',
    hint: `use small, incident, or a number of nodes from 1 to ${MAX_NODES}`,
  });
}
