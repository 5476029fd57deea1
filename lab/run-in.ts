import { AsyncLocalStorage } from 'node:async_hooks';
import { closeSync, openSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { execa, type Options } from 'execa';

/**
 * Says in the environment of every process that is started for a lab which lab that is: a process may not be in its
 * cgroup or namespace yet.
 */
export const OWNER_VARIABLE = 'NETWRIGHT_LAB_OWNER';
const owner = new AsyncLocalStorage<string>();
const marked = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  const lab = owner.getStore();
  return lab === undefined ? environment : { ...environment, [OWNER_VARIABLE]: lab };
};

/** Marks all that `work` starts as belonging to a lab, so that `lab down` finds it when this process was killed. */
export const owning = <T>(lab: string, work: () => Promise<T>): Promise<T> => owner.run(lab, work);

/** The command line that runs `argv` in a network namespace, with nothing else changed. */
export const inNetns = (namespace: string, argv: string[]): string[] => [
  'nsenter',
  `--net=/run/netns/${namespace}`,
  ...argv,
];

/** Runs a command to its end. Throws execa's error, which holds the command and its output. */
export async function run(argv: string[], options: Options = {}): Promise<string> {
  const [file = '', ...args] = argv;
  const { stdout } = await execa(file, args, { stdin: 'ignore', ...options, env: marked(options.env ?? {}) });
  return String(stdout ?? '');
}

/** Sets kernel settings of a namespace, as far as it has them. */
export async function quietly(namespace: string, settings: Record<string, string>): Promise<void> {
  await run(
    inNetns(namespace, ['sysctl', '-qw', ...Object.entries(settings).map(([key, value]) => `${key}=${value}`)]),
    { reject: false },
  );
}

/** Runs commands of `ip` in one process. */
export async function ipBatch(lines: string[], namespace?: string): Promise<void> {
  await run(['ip', ...(namespace ? ['-n', namespace] : []), '-batch', '-'], {
    stdin: 'pipe',
    input: `${lines.join('\n')}\n`,
  });
}

/** Starts a process that outlives this one, in a session of its own, its output in a file. Returns its pid. */
export function startDetached(argv: string[], logPath: string, environment: NodeJS.ProcessEnv = process.env): number {
  const log = openSync(logPath, 'a');
  const [file = '', ...args] = argv;
  const child = spawn(file, args, { detached: true, stdio: ['ignore', log, log], env: marked(environment) });
  closeSync(log);
  child.unref();
  return child.pid as number;
}
