import { choice, type LabSettings } from './settings.ts';

/** Calico as its manifest has it with either encapsulation or none; its policies are enforced by felix. */
export const network = choice({ key: 'network', meaning: 'the network plugin of the pods' }, 'network', [
  'flannel',
  'calico-vxlan',
  'calico-ipip',
  'calico-bgp',
]);

/** Whether the nodes run Calico, whatever its encapsulation. */
export const isCalico = ({ network: plugin }: Pick<LabSettings, 'network'>): boolean => plugin !== 'flannel';
