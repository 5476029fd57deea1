import { choice, type LabSettings } from './settings.ts';

/**
 * long: 63 characters with dots, as hosts have that are called by their whole name; a label takes no more. overridden:
 * by another name than the host's own, as kubelet's hostname-override and K3s' node-name have it.
 */
export const nodeNames = choice({ key: 'node-names', meaning: 'what nodes are called' }, 'nodeNames', [
  'short',
  'long',
  'overridden',
]);

const DOMAIN = 'rack-07.fsn1-dc14.production.nodes.corp.internal';

/** What a node is called that has this name in the usual lab. */
export const nodeNameOf = (name: string, { nodeNames: kind }: Pick<LabSettings, 'nodeNames'>): string =>
  kind === 'long' ? `${name}.${DOMAIN}`.padEnd(63, 'n') : name;

/** What a node's host calls itself. */
export const hostNameOf = (node: string, { nodeNames: kind }: Pick<LabSettings, 'nodeNames'>): string =>
  kind === 'overridden' ? `ip-${node}` : node;
