import { choice } from './settings.ts';

/** servicelb: K3s' own shape, where pods of ServiceLB hold the nodes' ports, and the controller has none. */
export const ingress = choice({ key: 'ingress', meaning: 'how the ingress is reached' }, 'ingress', [
  'shared',
  'redirect',
  'proxy-protocol',
  'servicelb',
]);
