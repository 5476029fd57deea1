import { relative } from 'node:path';
import { Command, Option } from 'commander';
import { loadConfig } from '../../helpers/config/load.ts';
import { durationMs } from '../../helpers/config/values.ts';
import { ExitCode, NetwrightError } from '../../helpers/errors.ts';
import type { WatchVerdict } from '../../helpers/model/watch.ts';
import { onInterrupt } from '../../helpers/run/interrupts.ts';
import { labNameOf, runInsideLab } from '../lab-target.ts';
import { Progress } from '../progress.ts';
import { WatchScreen } from '../watch-screen.ts';

interface WatchOptions {
  target?: string;
  for?: string;
  nodes?: string;
  maxOutage?: string;
  reportsDir?: string;
  json?: boolean;
  inRunner?: boolean;
}

/** Twice a second where the line is rewritten, else one line in half a minute. */
const LIVE_MS = 500;

function timeOf(option: string, time: string | undefined): number | undefined {
  const ms = time === undefined ? undefined : durationMs(time);
  if (time !== undefined && ms === undefined)
    throw new NetwrightError(`${option} expects a time as 90s, 10m or 1h, not ${time}`, {
      code: 'config-invalid',
      hint: `netwright watch ${option} 10m`,
    });
  return ms;
}

const argumentsOf = ({ nodes, reportsDir, maxOutage, json, ...options }: WatchOptions): string[] => [
  ...(options.for ? ['--for', options.for] : []),
  ...(nodes ? ['--nodes', nodes] : []),
  ...(maxOutage ? ['--max-outage', maxOutage] : []),
  ...(reportsDir ? ['--reports-dir', reportsDir] : []),
  ...(json ? ['--json'] : []),
];

const EXIT_CODES: Record<WatchVerdict, number> = {
  seen: ExitCode.healthy,
  held: ExitCode.healthy,
  'too long': ExitCode.unhealthy,
  'not proved': ExitCode.inconclusive,
};

async function watch(options: WatchOptions): Promise<number> {
  const [forMs, mostMs] = [timeOf('--for', options.for), timeOf('--max-outage', options.maxOutage)];
  const interrupts = onInterrupt();
  const progress = new Progress();
  const screen = new WatchScreen();
  const { watchCluster } = await import('../../helpers/run/watch/watch.ts');
  const { writeWatch } = await import('../../helpers/report/watch/write.ts');
  const { outageWords, watchSentence } = await import('../../helpers/report/watch/words.ts');
  try {
    const config = loadConfig({
      env: process.env,
      cwd: process.cwd(),
      ...(options.inRunner && { envFile: '/dev/null' }),
      overrides: {
        NETWRIGHT_TARGET: options.target,
        NETWRIGHT_NODES: options.nodes,
        NETWRIGHT_REPORTS_DIR: options.reportsDir,
      },
    });
    const { report, reportDir } = await watchCluster({
      config,
      signal: interrupts.signal,
      ...(forMs !== undefined && { forMs }),
      ...(mostMs !== undefined && { mostMs }),
      onProgress: (text) => progress.stage(text),
      onTrouble: (text) => progress.note(text),
      onNews: (news) => {
        progress.end();
        screen.news(news);
      },
      ...(screen.isLive && { stateEveryMs: LIVE_MS }),
    });
    progress.end();
    screen.end();
    const folder = relative(process.cwd(), reportDir);
    process.stdout.write(
      options.json
        ? `${JSON.stringify(report, null, 1)}\n`
        : [
            ...report.outages.map(outageWords),
            ...report.notes.map((note) => `not watched: ${note}`),
            watchSentence(report),
            `Reports  ${folder.startsWith('..') ? reportDir : folder}`,
            '',
          ].join('\n'),
    );
    await writeWatch(report, { reportDir, html: config.htmlReport });
    return EXIT_CODES[report.verdict];
  } finally {
    progress.end();
    screen.end();
    interrupts.release();
  }
}

/** `netwright watch`: every path of the network asked again and again while something is changed. */
export function watchCommand(): Command {
  return new Command('watch')
    .description('ask every path ten times a second while something is changed, and say when each was interrupted')
    .option('--target <target>', "cluster (the kubeconfig's) or lab:NAME")
    .option('--for <time>', 'how long, as 10m; until Ctrl-C where it is not given')
    .option('--nodes <nodes>', 'only these nodes: names, !name, or a label selector')
    .option(
      '--max-outage <time>',
      'exit code 1 where an interruption is longer, as 5s; 3 where one may have been missed',
    )
    .option('--reports-dir <folder>', 'where the report is written')
    .option('--json', 'print watch.json in place of the summary')
    .addOption(new Option('--in-runner').hideHelp())
    .action(async (options: WatchOptions) => {
      const lab = labNameOf(options.target ?? process.env['NETWRIGHT_TARGET']);
      process.exitCode =
        lab !== undefined && !options.inRunner
          ? await runInsideLab(lab, ['watch', '--in-runner', ...argumentsOf(options)])
          : await watch(options);
    });
}
