import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkAccess } from '../../../helpers/cluster/access.ts';
import { CANARY_NEEDS, DIAGNOSIS_NEEDS, NEEDS, resourceOf, type Need } from '../../../helpers/cluster/needs.ts';
import { leastRoles } from '../../../helpers/cluster/roles.ts';
import { ApiBench } from './client.ts';
import { VERSION } from './fake-api.ts';

let bench: ApiBench;
beforeAll(() => {
  bench = new ApiBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

interface Review {
  spec: { resourceAttributes: Need };
}

/** A server on which the user may do what is answered with true. */
const serve = (isAllowed: (need: Need) => boolean) =>
  bench.serve(({ path, body }) => {
    if (path === '/version') return VERSION;
    const { resourceAttributes } = (JSON.parse(body) as Review).spec;
    return { status: 201, body: { status: { allowed: isAllowed(resourceAttributes) } } };
  });

describe('a user', () => {
  test('who may do all that a run needs passes, asked for the lock in its namespace alone', async () => {
    const asked: Need[] = [];
    const server = await serve((need) => asked.push(need) > 0);
    await expect(checkAccess(await bench.connect(server))).resolves.toBeUndefined();
    expect(asked).toHaveLength(NEEDS.length);
    expect(
      asked.filter(({ namespace }) => namespace !== undefined).map(({ verb, resource }) => `${verb} ${resource}`),
    ).toEqual(['create leases', 'get leases', 'update leases', 'delete leases']);
  });

  test('who may not is told all that is missing at once, and where', async () => {
    const server = await serve(({ resource, subresource }) => resource !== 'leases' && subresource !== 'exec');
    await expect(checkAccess(await bench.connect(server))).rejects.toMatchObject({
      code: 'rights-missing',
      message:
        'the user of the context test may not: get pods/exec, create pods/exec, create leases.coordination.k8s.io in ' +
        'kube-system, get leases.coordination.k8s.io in kube-system, update leases.coordination.k8s.io in ' +
        'kube-system, delete leases.coordination.k8s.io in kube-system',
    });
  });
});

describe('the least roles', () => {
  const roles = leastRoles({ kind: 'ServiceAccount', name: 'netwright', namespace: 'netwright' });

  test('give what a run, its canary and its diagnosis need, where they need it, and nothing more', () => {
    const given = roles.flatMap((role) =>
      ('rules' in role ? (role.rules ?? []) : []).flatMap(({ apiGroups, resources, verbs }) =>
        verbs.map((verb) => [role.metadata.namespace, verb, apiGroups?.join(','), resources?.join(',')].join(' ')),
      ),
    );
    const needed = [...NEEDS, ...CANARY_NEEDS, ...DIAGNOSIS_NEEDS].map((each) =>
      [each.namespace, each.verb, each.group, resourceOf(each)].join(' '),
    );
    expect(given.toSorted()).toEqual(needed.toSorted());
  });

  test('are bound, each in its scope', () => {
    expect(
      roles.map(({ kind, metadata: { name, namespace } }) => [kind, name, namespace].filter(Boolean).join(' ')),
    ).toEqual([
      'ClusterRole netwright',
      'ClusterRoleBinding netwright',
      'Role netwright-lock kube-system',
      'RoleBinding netwright-lock kube-system',
      'ClusterRole netwright-canary',
      'ClusterRoleBinding netwright-canary',
      'ClusterRole netwright-diagnosis',
      'ClusterRoleBinding netwright-diagnosis',
      'Role netwright-diagnosis kube-system',
      'RoleBinding netwright-diagnosis kube-system',
      'Role netwright-diagnosis kube-node-lease',
      'RoleBinding netwright-diagnosis kube-node-lease',
    ]);
  });
});

test('The least roles for prepared namespaces write there and to the lock alone', () => {
  const subject = { kind: 'ServiceAccount', name: 'netwright', namespace: 'netwright' } as const;
  const writes = leastRoles(subject, 'netwright', ['guests', 'guests-host']).flatMap((role) =>
    'rules' in role && (role.rules ?? []).some(({ verbs }) => verbs.some((verb) => !['list', 'get'].includes(verb)))
      ? [`${role.kind} ${role.metadata.namespace}/${role.metadata.name}`]
      : [],
  );
  expect(writes).toEqual(['Role guests/netwright', 'Role guests-host/netwright', 'Role kube-system/netwright-lock']);
});
