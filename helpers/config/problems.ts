import { NetwrightError } from '../errors.ts';
import { nearestName } from './nearest.ts';
import type { Sourced } from './sources.ts';
import { VARIABLES } from './variables.ts';

/** One thing wrong with the configuration: a variable, and what should be there. */
export interface ConfigProblem {
  variable: string;
  expected: string;
}

const PREFIX = 'NETWRIGHT_';
/** Longer values are cut: the line is to be read. */
const SHOWN_LENGTH = 120;

const knownNames = (): string[] => [...VARIABLES].filter(([, { internal }]) => !internal).map(([name]) => name);

/** Refuses a variable that nobody knows, with the name that was meant where one is near. */
export function unknownVariable(name: string): ConfigProblem {
  const meant = nearestName(name, knownNames(), PREFIX);
  return {
    variable: name,
    expected: meant ? `no such variable; did you mean ${meant}?` : 'no such variable; docs/configuration.md lists them',
  };
}

function problemLine({ variable, expected }: ConfigProblem, sourced: ReadonlyMap<string, Sourced>): string {
  const doc = VARIABLES.get(variable);
  const came = sourced.get(variable);
  const from = came ? ` (${came.from})` : '';
  if (!doc) return `${variable}${from}: ${expected}`;
  const shown = doc.secret ? 'something else (not shown)' : `"${came?.value.slice(0, SHOWN_LENGTH) ?? ''}"`;
  const example = doc.example ? `; for example ${variable}=${doc.example}` : '';
  return `${variable}${from}: expected ${expected}, got ${came ? shown : 'nothing'}${example}`;
}

/** One error for all problems, a line each. */
export function configError(problems: ConfigProblem[], sourced: ReadonlyMap<string, Sourced>): NetwrightError {
  const lines = problems.map((problem) => `  ${problemLine(problem, sourced)}`);
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return new NetwrightError(`the configuration has ${count}, nothing was started:\n${lines.join('\n')}`, {
    code: 'config-invalid',
    hint: 'docs/configuration.md says what each variable means',
  });
}
