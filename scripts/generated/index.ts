import { accuracyGaps } from './accuracy.ts';
import { configurationPage, envFile } from './configuration.ts';
import { deployFiles } from './deploy.ts';
import type { Generated } from './document.ts';
import { errorsPage } from './errors.ts';
import { findingsIndex } from './findings.ts';
import { causesIndex, faultsIndex } from './indexes.ts';
import { reportSchema, watchSchema } from './report.ts';
import { readmeSuites } from './suites.ts';

/** What `npm run docs` writes from the documents of a cause, of the lab and of the configuration. */
export const GENERATED: readonly Generated[] = [
  causesIndex,
  faultsIndex,
  findingsIndex,
  readmeSuites,
  configurationPage,
  envFile,
  errorsPage,
  reportSchema,
  watchSchema,
  accuracyGaps,
  ...deployFiles,
];
