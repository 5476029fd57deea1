import { NetwrightError } from '../errors.ts';
import { apiError } from './api-error.ts';
import type { ClusterClient } from './connect.ts';

/** A right that a run needs: docs/configuration.md lists them, and deploy's role is checked against them. */
export interface Need {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  /** `cluster` for what is asked of the whole cluster or of namespaces whose names a run makes up. */
  scope: 'cluster';
}

const need = (verb: string, group: string, resource: string, subresource?: string): Need => ({
  verb,
  group,
  resource,
  subresource,
  scope: 'cluster',
});

/**
 * All that a run does with the API: reads of the cluster, and writes in namespaces of its own. What is applied is
 * patched, and a patch that makes an object needs the right to create it as well.
 */
export const NEEDS: readonly Need[] = [
  need('list', '', 'nodes'),
  need('list', '', 'services'),
  need('list', '', 'pods'),
  need('list', 'discovery.k8s.io', 'endpointslices'),
  need('list', 'networking.k8s.io', 'ingresses'),
  need('create', '', 'namespaces'),
  need('delete', '', 'namespaces'),
  need('list', '', 'namespaces'),
  need('patch', '', 'namespaces'),
  need('create', '', 'configmaps'),
  need('patch', '', 'configmaps'),
  need('create', 'apps', 'daemonsets'),
  need('patch', 'apps', 'daemonsets'),
  need('get', '', 'pods', 'exec'),
  need('create', '', 'pods', 'exec'),
  need('create', 'coordination.k8s.io', 'leases'),
  need('get', 'coordination.k8s.io', 'leases'),
  need('update', 'coordination.k8s.io', 'leases'),
  need('delete', 'coordination.k8s.io', 'leases'),
];

const nameOf = ({ verb, group, resource, subresource }: Need): string =>
  `${verb} ${resource}${subresource ? `/${subresource}` : ''}${group ? `.${group}` : ''}`;

/** Asks the API server for each right, all at once. Throws one error that names every missing verb and resource. */
export async function checkAccess(client: ClusterClient, needs: readonly Need[] = NEEDS): Promise<void> {
  const allowed = await Promise.all(
    needs.map(async ({ verb, group, resource, subresource }) => {
      try {
        const body = { spec: { resourceAttributes: { verb, group, resource, subresource } } };
        const { status } = await client.authorization.createSelfSubjectAccessReview({ body });
        return status?.allowed === true;
      } catch (error) {
        throw apiError(error, `asking the API server ${client.server} for rights`, client.server);
      }
    }),
  );
  const missing = needs.filter((_, index) => !allowed[index]);
  if (missing.length === 0) return;
  throw new NetwrightError(`the user of the context ${client.name} may not: ${missing.map(nameOf).join(', ')}`, {
    code: 'rights-missing',
    hint: 'the role that a run needs is in docs/configuration.md, Rights',
  });
}
