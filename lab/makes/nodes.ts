import { choice, type LabSettings } from './settings.ts';

/** Light nodes have no kubelet and no container runtime of their own, so that a machine can have many. */
export const nodes = choice({ key: 'nodes', meaning: 'whether kubelet and container runtime are real ones' }, 'nodes', [
  'whole',
  'light',
]);

export const isLight = ({ nodes: kind }: Pick<LabSettings, 'nodes'>): boolean => kind === 'light';
