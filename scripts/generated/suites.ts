import { SUITES } from '../../helpers/model/suites.ts';
import { readDeclarations } from '../../helpers/suite/together.ts';
import { table, withParts } from './document.ts';

const suites = await readDeclarations(SUITES);

/** The table of suites in README.md, from their declarations. */
export const readmeSuites = withParts('README.md', {
  suites: () =>
    table(
      ['Suite', 'In the incident', 'What is probed'],
      suites.map(({ name, incident = '', probes }) => [`[${name}](suites/${name}.suite.ts)`, incident, probes]),
    ),
});
