import { apiErrors } from '../../helpers/errors/api.ts';
import { configurationErrors } from '../../helpers/errors/configuration.ts';
import type { ErrorDocument } from '../../helpers/errors/document.ts';
import { labErrors } from '../../helpers/errors/lab.ts';
import { ownErrors } from '../../helpers/errors/own.ts';
import { sshErrors } from '../../helpers/errors/ssh.ts';
import { table, withParts } from './document.ts';

const tableOf = (errors: Record<string, ErrorDocument>) => (): string =>
  table(
    ['Code', 'Exit', 'Meaning', 'What to do'],
    Object.entries(errors).map(([code, { exit, meaning, remedy }]) => [`\`${code}\``, String(exit), meaning, remedy]),
  );

export const errorsPage = withParts('docs/errors.md', {
  'errors of configuration and files': tableOf(configurationErrors),
  "errors of the cluster's API": tableOf(apiErrors),
  'errors of SSH': tableOf(sshErrors),
  'errors of the lab': tableOf(labErrors),
  'errors of Netwright itself': tableOf(ownErrors),
});
