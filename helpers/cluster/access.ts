import { NetwrightError } from '../errors.ts';
import { apiError } from './api-error.ts';
import type { ClusterClient } from './connect.ts';
import { NEEDS, resourceOf, type Need } from './needs.ts';

/** A right as messages name it: `create pods/exec in netwright`. */
export const nameOfNeed = (each: Need): string =>
  `${each.verb} ${resourceOf(each)}${each.group ? `.${each.group}` : ''}` +
  (each.namespace === undefined ? '' : ` in ${each.namespace}`);

/** Asks the API server for each right, all at once, and answers with those that are missing. Throws where it fails. */
export async function missingRights(client: ClusterClient, needs: readonly Need[]): Promise<Need[]> {
  const allowed = await Promise.all(
    needs.map(async (resourceAttributes) => {
      try {
        const body = { spec: { resourceAttributes } };
        const { status } = await client.authorization.createSelfSubjectAccessReview({ body });
        return status?.allowed === true;
      } catch (error) {
        throw apiError(error, `asking the API server ${client.server} for rights`, client.server);
      }
    }),
  );
  return needs.filter((_, index) => !allowed[index]);
}

/** As `missingRights`, and throws one error that names every missing verb and resource. */
export async function checkAccess(client: ClusterClient, needs: readonly Need[] = NEEDS): Promise<void> {
  const missing = await missingRights(client, needs);
  if (missing.length === 0) return;
  throw new NetwrightError(`the user of the context ${client.name} may not: ${missing.map(nameOfNeed).join(', ')}`, {
    code: 'rights-missing',
    hint: 'the role that a run needs is in docs/configuration.md, Rights',
  });
}
