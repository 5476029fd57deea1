import { choice, type LabSettings } from './settings.ts';
import { FABRIC_RANGE } from './ranges.ts';

/**
 * dual: every node, pod and Service has an IPv6 address beside its IPv4 one, as K3s' documents have it. ipv6: it has
 * that alone, and so have those who stand outside.
 */
export const families = choice(
  { key: 'families', meaning: 'address families of nodes, pods and Services' },
  'families',
  ['ipv4', 'dual', 'ipv6'],
);

/** The ranges of IPv6: those of K3s' documents, and the nodes' own. */
export const IPV6 = { nodes: 'fd00:10::/64', pods: 'fd00:42::/56', services: 'fd00:43::/112' } as const;

const FABRIC_BASE = FABRIC_RANGE.slice(0, FABRIC_RANGE.lastIndexOf('.') + 1);

type Families = Pick<LabSettings, 'families'>;

/** Whether a lab has IPv6 beside IPv4. */
export const isDual = ({ families: kind }: Families): boolean => kind === 'dual';

/** The IPv6 address of who has this IPv4 address in the network between the nodes: `10.0.0.110` is `fd00:10::110`. */
export const ipv6Of = (address: string): string => `fd00:10::${address.slice(FABRIC_BASE.length)}`;

/** Whether a lab has IPv6, with IPv4 or without. */
export const hasIpv6 = ({ families: kind }: Families): boolean => kind !== 'ipv4';

/** By which address a member of the network between the nodes is known, who has this one where there is IPv4. */
export const primaryOf = (address: string, { families: kind }: Families): string =>
  kind === 'ipv6' ? ipv6Of(address) : address;

/** An address as it stands before a port. */
export const beforePort = (address: string): string => (address.includes(':') ? `[${address}]` : address);

/** A lab without IPv4 has IPv6 in the place of its ranges of pods and Services. */
export const withOwnRanges = <T extends LabSettings>(settings: T): T =>
  settings.families === 'ipv6' ? { ...settings, pods: IPV6.pods, services: IPV6.services } : settings;

/** All addresses of a member of the network between the nodes, by the one that it is known by. */
export const addressesOf = (address: string, settings: Families): string[] =>
  isDual(settings) ? [address, ipv6Of(address)] : [address];

/** The range of pods, or both of them, as Kubernetes' components take it. */
export const podRanges = ({ pods, ...settings }: Families & Pick<LabSettings, 'pods'>): string =>
  isDual(settings) ? `${pods},${IPV6.pods}` : pods;

/** The range of Services, or both of them. */
export const serviceRanges = ({ services, ...settings }: Families & Pick<LabSettings, 'services'>): string =>
  isDual(settings) ? `${services},${IPV6.services}` : services;

/** What makes a Service one of both families. */
export const familyPolicy = (settings: Families): string =>
  isDual(settings) ? 'ipFamilyPolicy: PreferDualStack' : 'ipFamilyPolicy: SingleStack';
