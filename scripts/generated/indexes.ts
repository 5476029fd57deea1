import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root, type Generated } from './document.ts';

const camelCase = (name: string): string =>
  name.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** One export a file of a layer's folder, each under the name of its file. */
function exportsOf(folder: string, exported: (name: string) => string): string {
  const files = globSync('*/*.ts', { cwd: join(root, folder), exclude: ['lib/**'] });
  const lines = files
    .map((file) => ({ file, name: camelCase(basename(file, '.ts')) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ file, name }) => `export { ${exported(name)} } from './${file}';`);
  return `// Written by \`npm run docs\` from the files in these folders.\n${lines.join('\n')}\n`;
}

/** Every cause of the catalogue by its file. */
export const causesIndex: Generated = {
  file: 'helpers/diagnose/catalogue/causes.ts',
  text: () => exportsOf('helpers/diagnose/catalogue', (name) => name),
};

/** The faults of a lab by their files. */
export const faultsIndex: Generated = {
  file: 'lab/faults/all.ts',
  text: () => exportsOf('lab/faults', (name) => `faults as ${name}`),
};
