import { NEEDS } from '../../helpers/cluster/access.ts';
import { configurationTable, envExample } from '../../helpers/config/documents.ts';
import { table, withParts, type Generated } from './document.ts';

/** What a run may do, a resource a line. */
function rightsTable(): string {
  const byResource = Map.groupBy(
    NEEDS,
    ({ resource, subresource, group }) => `${resource}${subresource ? `/${subresource}` : ''} ${group}`,
  );
  return table(
    ['Resource', 'API group', 'Verbs'],
    [...byResource].map(([key, needs]) => {
      const [resource = '', group = ''] = key.split(' ');
      return [`\`${resource}\``, group === '' ? 'core' : `\`${group}\``, needs.map(({ verb }) => verb).join(', ')];
    }),
  );
}

export const envFile: Generated = { file: '.env.example', text: envExample };

export const configurationPage = withParts('docs/configuration.md', {
  variables: configurationTable,
  rights: rightsTable,
});
