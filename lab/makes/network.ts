import { choice, type LabSettings } from './settings.ts';

/**
 * Calico as its manifest has it with either encapsulation or none; its policies are enforced by felix. Canal has its
 * plug-in and felix, with flannel between the nodes: RKE2's default.
 */
export const network = choice({ key: 'network', meaning: 'the network plugin of the pods' }, 'network', [
  'flannel',
  'canal',
  'calico-vxlan',
  'calico-ipip',
  'calico-bgp',
]);

/** Whether flannel joins the nodes. */
export const hasFlannel = ({ network: plugin }: Pick<LabSettings, 'network'>): boolean =>
  plugin === 'flannel' || plugin === 'canal';

/** Whether the nodes run Calico, whatever its encapsulation. */
export const isCalico = ({ network: plugin }: Pick<LabSettings, 'network'>): boolean => plugin !== 'flannel';
