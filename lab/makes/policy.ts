import { choice } from './settings.ts';

/** kube-router's policy controller, which K3s embeds. Without one a NetworkPolicy is an object and nothing more. */
export const policy = choice({ key: 'policy', meaning: 'who enforces NetworkPolicies' }, 'policy', [
  'none',
  'kube-router',
]);
