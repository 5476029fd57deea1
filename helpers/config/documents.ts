import { VARIABLES } from './variables.ts';
import type { VariableDoc } from './variables/variable.ts';

function byGroup(): [group: string, variables: [name: string, doc: VariableDoc][]][] {
  return [
    ...Map.groupBy(
      [...VARIABLES].filter(([, { internal }]) => !internal),
      ([, { group }]) => group,
    ),
  ];
}

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll('<', '&lt;');
const row = ([name, doc]: [string, VariableDoc]): string =>
  `| \`${name}\` | ${cell(doc.meaning)} | ${cell(doc.default)} | \`${doc.example}\` |`;
const entry = ([name, doc]: [string, VariableDoc]): string =>
  `# ${doc.meaning}\n# Default: ${doc.default}\n#${name}=${doc.example}\n`;

/** The table of every public variable, as docs/configuration.md holds it. */
export function configurationTable(): string {
  return byGroup()
    .map(([group, variables]) =>
      [
        `### ${group}`,
        '',
        '| Variable | Meaning | Default | Example |',
        '| --- | --- | --- | --- |',
        ...variables.map(row),
      ].join('\n'),
    )
    .join('\n\n');
}

/** The text of .env.example: every public variable, commented out, with meaning and default. */
export function envExample(): string {
  const groups = byGroup().map(([group, variables]) => `# ---- ${group}\n\n${variables.map(entry).join('\n')}`);
  return (
    `# Copy to .env and take the # away from what you set. The real environment wins over this file.\n# An unknown ` +
    `NETWRIGHT_ variable is an error, so a typing error cannot go unseen.\n\n${groups.join('\n')}`
  );
}
