import { dumpYaml } from '@kubernetes/client-node';
import { NEEDS, resourceOf } from '../../helpers/cluster/needs.ts';
import { leastRoles } from '../../helpers/cluster/roles.ts';
import { configurationTable, envExample } from '../../helpers/config/documents.ts';
import { table, withParts, type Generated } from './document.ts';

/** What a run may do, a resource a line. */
function rightsTable(): string {
  const byResource = Map.groupBy(NEEDS, (each) => `${resourceOf(each)} ${each.group} ${each.namespace ?? ''}`);
  return table(
    ['Resource', 'API group', 'Verbs', 'Where'],
    [...byResource].map(([key, needs]) => {
      const [resource = '', group = '', namespace = ''] = key.split(' ');
      return [
        `\`${resource}\``,
        group === '' ? 'core' : `\`${group}\``,
        needs.map(({ verb }) => verb).join(', '),
        namespace === '' ? 'the cluster' : `\`${namespace}\``,
      ];
    }),
  );
}

/** The same as roles, for a ServiceAccount. */
function rolesYaml(prepared?: readonly string[]): string {
  const subject = { kind: 'ServiceAccount', name: 'netwright', namespace: 'netwright' } as const;
  const all = leastRoles(subject, 'netwright', prepared);
  // What a diagnosis reads is the same wherever the probes are.
  const roles = prepared ? all.filter(({ metadata }) => !metadata.name.endsWith('-diagnosis')) : all;
  return ['```yaml', roles.map((role) => dumpYaml(role, { flowLevel: 3 }).trimEnd()).join('\n---\n'), '```'].join('\n');
}

export const envFile: Generated = { file: '.env.example', text: envExample };

export const configurationPage = withParts('docs/configuration.md', {
  variables: configurationTable,
  rights: rightsTable,
  roles: () => rolesYaml(),
  'prepared roles': () => rolesYaml(['netwright', 'netwright-host']),
});
