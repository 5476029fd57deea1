import { suiteNamed, SUITES } from '../../model/suites.ts';
import { duration, list, textOf, wholeNumber } from '../values.ts';
import { flag, oneOf, path, variable } from './variable.ts';

export const PROFILES = ['gate', 'nightly', 'acceptance'] as const;

/** From the strictest to the mildest. */
export const FAIL_ON = ['inconclusive', 'fail', 'proved', 'new'] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** What a run does, and where it leaves what it found. */
export const RUN = {
  NETWRIGHT_PROFILE: variable(oneOf(PROFILES), {
    group: 'Run',
    meaning: 'how thorough: gate, nightly or acceptance',
    default: 'gate',
    example: 'nightly',
  }),
  NETWRIGHT_SUITES: variable(list(`a list of suites (${SUITES.join(', ')}), separated by commas`, suiteNamed), {
    group: 'Run',
    meaning: 'suites to run',
    default: 'all',
    example: 'coredns,overlay',
  }),
  NETWRIGHT_TIMEOUT_MS: variable(
    textOf('a whole number of milliseconds from 100 to 60000', (value) => wholeNumber(value, 100, 60_000)),
    {
      group: 'Run',
      meaning: 'time-out of one attempt of one probe, in milliseconds',
      default: 'by profile',
      example: '2000',
    },
  ),
  NETWRIGHT_ATTEMPTS: variable(
    textOf('a whole number from 1 to 1000', (value) => wholeNumber(value, 1, 1000)),
    {
      group: 'Run',
      meaning: 'datagrams in one UDP probe, from which loss is told',
      default: 'by profile',
      example: '20',
    },
  ),
  NETWRIGHT_FAIL_ON: variable(oneOf(FAIL_ON), {
    group: 'Run',
    meaning:
      'the least that makes the exit code another than 0: anything that is not healthy (inconclusive), a failure ' +
      '(fail), a proved cause (proved), or a problem that the last run did not have (new)',
    default: 'inconclusive',
    example: 'fail',
  }),
  NETWRIGHT_BUDGET: variable(duration(), {
    group: 'Run',
    meaning: 'time for a run; what does not fit is not observed, and is said',
    default: 'not set',
    example: '60s',
  }),
  NETWRIGHT_WAIT: variable(duration(), {
    group: 'Run',
    meaning: 'how long to wait at most, before a run, for nodes to be Ready and for roll-outs to settle',
    default: 'not set: a run begins at once',
    example: '10m',
  }),
  NETWRIGHT_REPORTS_DIR: variable(path(), {
    group: 'Run',
    meaning: 'folder under which each run writes a folder of its own',
    default: 'reports',
    example: './out',
  }),
  NETWRIGHT_KEEP_RUNS: variable(
    textOf('a whole number from 1 to 10000', (value) => wholeNumber(value, 1, 10_000)),
    {
      group: 'Run',
      meaning: "how many runs' folders stay in the reports folder; older ones are removed after a run",
      default: 'not set: all stay',
      example: '90',
    },
  ),
  NETWRIGHT_KEEP_DAYS: variable(
    textOf('a whole number of days from 1 to 3650', (value) => wholeNumber(value, 1, 3650)),
    {
      group: 'Run',
      meaning: "for how many days a run's folder stays there",
      default: 'not set: all stay',
      example: '30',
    },
  ),
  NETWRIGHT_ACCEPTED: variable(path(), {
    group: 'Run',
    meaning: 'file of problems that are accepted until a day: they are shown and do not fail',
    default: 'not set',
    example: './accepted.yaml',
  }),
  NETWRIGHT_HTML_REPORT: variable(flag(), {
    group: 'Run',
    meaning:
      "whether Allure's HTML report is made, which takes some seconds of a processor; its results are written in " +
      'any case',
    default: '1',
    example: '0',
  }),
  NETWRIGHT_CACHE_DIR: variable(path(), {
    group: 'Run',
    meaning: "folder of the lab's built components",
    default: '$XDG_CACHE_HOME/netwright, or ~/.cache/netwright',
    example: '/var/cache/netwright',
  }),
};
