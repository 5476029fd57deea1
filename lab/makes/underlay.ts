import { choice, type LabSettings } from './settings.ts';

/** hetzner: a private network as Hetzner Cloud has it, where no two servers share a link. */
export const underlay = choice({ key: 'underlay', meaning: 'the network between the nodes' }, 'underlay', [
  'flat',
  'hetzner',
]);

/** The card by which nodes reach each other, and the size of the packets that it carries. */
export const uplinkOf = ({ underlay: kind }: Pick<LabSettings, 'underlay'>): { name: string; mtu: number } =>
  kind === 'hetzner' ? { name: 'enp7s0', mtu: 1450 } : { name: 'eth0', mtu: 1500 };
