import type { V1PolicyRule } from '@kubernetes/client-node';
import { LEASE } from './lease-record.ts';
import { CANARY_NEEDS, DIAGNOSIS_NEEDS, NEEDS, needsIn, resourceOf, type Need } from './needs.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** One rule a resource, in the order of the needs. */
function rulesOf(needs: readonly Need[]): V1PolicyRule[] {
  const byResource = Map.groupBy(needs, (each) => `${each.group} ${resourceOf(each)}`);
  return [...byResource.values()].map((same) => ({
    apiGroups: same.slice(0, 1).map(({ group }) => group),
    resources: same.slice(0, 1).map(resourceOf),
    verbs: same.map(({ verb }) => verb),
  }));
}

/** Who is given the rights. */
export interface RoleSubject {
  kind: 'User' | 'ServiceAccount';
  name: string;
  /** Of a ServiceAccount. */
  namespace?: string;
}

interface Role {
  name: string;
  /** Absent for the whole cluster. */
  namespace?: string;
  needs: readonly Need[];
}

function roleAndBinding({ name, namespace, needs }: Role, { kind, ...who }: RoleSubject) {
  const scope = namespace === undefined ? 'Cluster' : '';
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  const subject = kind === 'User' ? { apiGroup: RBAC, kind, ...who } : { kind, ...who };
  return [
    { apiVersion: `${RBAC}/v1`, kind: `${scope}Role`, metadata, rules: rulesOf(needs) },
    {
      apiVersion: `${RBAC}/v1`,
      kind: `${scope}RoleBinding`,
      metadata,
      roleRef: { apiGroup: RBAC, kind: `${scope}Role`, name },
      subjects: [subject],
    },
  ];
}

/** One role for the whole cluster, and one in each namespace where something is needed there alone. */
function rolesFor(needs: readonly Need[], wide: string, narrow: (namespace: string) => string): Role[] {
  const byNamespace = Map.groupBy(needs, ({ namespace }) => namespace);
  return [...byNamespace].map(([namespace, own]) =>
    namespace === undefined ? { name: wide, needs: own } : { name: narrow(namespace), namespace, needs: own },
  );
}

/**
 * The least roles with which a run works, and their bindings: what is needed in one namespace is given there alone.
 * With `prepared` namespaces a run may write nowhere else.
 */
export function leastRoles(subject: RoleSubject, name = 'netwright', prepared?: readonly string[]) {
  const ofLock = (namespace: string) => (namespace === LEASE.namespace ? `${name}-lock` : name);
  return [
    ...rolesFor(prepared ? needsIn(prepared) : NEEDS, name, ofLock),
    ...(prepared ? [] : rolesFor(CANARY_NEEDS, `${name}-canary`, () => `${name}-canary`)),
    ...rolesFor(DIAGNOSIS_NEEDS, `${name}-diagnosis`, () => `${name}-diagnosis`),
  ].flatMap((role) => roleAndBinding(role, subject));
}
