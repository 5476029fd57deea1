import { choice, type LabSettings } from './settings.ts';
import { FABRIC_RANGE } from './ranges.ts';

/** dual: every node, pod and Service has an IPv6 address beside its IPv4 one, as K3s' documents have it. */
export const families = choice(
  { key: 'families', meaning: 'address families of nodes, pods and Services' },
  'families',
  ['ipv4', 'dual'],
);

/** The ranges of IPv6 of a lab of both families: those of K3s' documents, and the nodes' own. */
export const IPV6 = { nodes: 'fd00:10::/64', pods: 'fd00:42::/56', services: 'fd00:43::/112' } as const;

const FABRIC_BASE = FABRIC_RANGE.slice(0, FABRIC_RANGE.lastIndexOf('.') + 1);

type Families = Pick<LabSettings, 'families'>;

/** Whether a lab has IPv6 beside IPv4. */
export const isDual = ({ families: kind }: Families): boolean => kind === 'dual';

/** The IPv6 address of who has this IPv4 address in the network between the nodes: `10.0.0.110` is `fd00:10::110`. */
export const ipv6Of = (address: string): string => `fd00:10::${address.slice(FABRIC_BASE.length)}`;

/** All addresses of a member of the network between the nodes. */
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
