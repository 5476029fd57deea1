import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { NetwrightError } from '../helpers/errors.ts';
import { sourceExtension } from '../helpers/package-root.ts';
import { labEnvironment, labStatus } from '../lab/index.ts';

const MAIN = join(import.meta.dirname, `main${sourceExtension}`);

/** The lab's name in a target `lab:NAME`; undefined for any other target. */
export function labNameOf(target: string | undefined): string | undefined {
  return target?.startsWith('lab:') ? target.slice('lab:'.length) : undefined;
}

/**
 * Runs this same program again inside the lab's runner namespace, which alone can reach the lab: with the lab's
 * configuration, and the caller's own variables on top of it. Resolves to the exit code.
 */
export async function runInsideLab(
  name: string,
  args: string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const { runner } = await labStatus(name);
  const own = Object.fromEntries(Object.entries(environment).filter(([key]) => key !== 'KUBECONFIG'));
  const env = { ...(await labEnvironment(name)), ...own, NETWRIGHT_TARGET: `lab:${name}` };
  const child = spawn('ip', ['netns', 'exec', runner, process.execPath, MAIN, ...args], { stdio: 'inherit', env });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  // A terminal sends Ctrl-C to the whole group, the child included; only what comes to this process alone is passed on.
  const ignore = () => {};
  process.on('SIGTERM', forward).on('SIGINT', process.stdin.isTTY ? ignore : forward);
  return new Promise((resolve, reject) => {
    child.on('error', (cause) =>
      reject(
        new NetwrightError(`could not start a process in the namespace ${runner}: ${cause.message}`, {
          code: 'lab-runner-namespace',
          hint: `netwright lab status --name ${name}`,
          cause,
        }),
      ),
    );
    child.on('close', (code, signal) => {
      process.off('SIGTERM', forward).off('SIGINT', ignore).off('SIGINT', forward);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
