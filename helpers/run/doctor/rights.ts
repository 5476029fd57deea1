import { few } from '../../few.ts';
import { missingRights, nameOfNeed } from '../../cluster/access.ts';
import type { ClusterClient } from '../../cluster/connect.ts';
import { CANARY_NEEDS, DIAGNOSIS_NEEDS, NEEDS, needsIn, resourceOf, type Need } from '../../cluster/needs.ts';
import type { ProbeNamespaces } from '../../model/run-context.ts';
import type { Check } from './check.ts';

const ROLES = 'docs/configuration.md, Rights, has the roles as YAML';

/** Whether only what a run writes is missing: then namespaces that are there already may do. */
const isOfWriting = (missing: readonly Need[]): boolean =>
  missing.every(({ verb, resource }) => verb !== 'list' || resource === 'namespaces');

function needed(missing: readonly Need[], needs: readonly Need[], prepared?: ProbeNamespaces): Check {
  const where = prepared ? `in ${[...new Set(Object.values(prepared))].join(' and ')}` : 'in the cluster';
  if (missing.length === 0)
    return { name: 'rights', state: 'ok', text: `all ${needs.length} that a run needs, ${where}` };
  return {
    name: 'rights',
    state: 'block',
    text: `${missing.length} of ${needs.length} are missing: ${few(missing.map(nameOfNeed))}`,
    cost: 'a run does not begin (exit code 3)',
    hint:
      !prepared && isOfWriting(missing) ? `have namespaces prepared (NETWRIGHT_PROBE_NAMESPACE), or: ${ROLES}` : ROLES,
  };
}

function optional(name: string, missing: readonly Need[], cost: string): Check[] {
  if (missing.length === 0) return [];
  return [{ name, state: 'lack', text: `missing: ${few(missing.map(nameOfNeed))}`, cost, hint: ROLES }];
}

/** What is left out without these rights. The Ingress needs the Service behind it, and not the other way round. */
function costOfOwn(missing: readonly Need[]): string {
  const has = (...resources: string[]) => missing.some(({ resource }) => resources.includes(resource));
  const own = has('services') ? 'Service and no Ingress' : 'Ingress';
  return [
    ...(has('services', 'ingresses') ? [`no ${own} of its own is tested, only those that are there`] : []),
    ...(has('networkpolicies')
      ? ['pods stay closed where the cluster closes new namespaces, and an acceptance does not try policies']
      : []),
  ].join('; ');
}

/** Asks the API server for each right of a run, those that it can do without among them. Throws when it is not told. */
export async function checkRights(client: ClusterClient, prepared?: ProbeNamespaces): Promise<Check[]> {
  const needs = prepared ? needsIn(Object.values(prepared)) : NEEDS;
  const [own, canary, diagnosis] = await Promise.all([
    missingRights(client, needs),
    prepared ? [] : missingRights(client, CANARY_NEEDS),
    missingRights(client, DIAGNOSIS_NEEDS),
  ]);
  return [
    needed(own, needs, prepared),
    ...optional('own Service', canary, costOfOwn(canary)),
    ...optional(
      'rights to read more',
      diagnosis,
      `the diagnosis does without ${few([...new Set(diagnosis.map(resourceOf))], 8)}, ` +
        'and says so where something fails',
    ),
  ];
}
