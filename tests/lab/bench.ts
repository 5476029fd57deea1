import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Observation, ProbeObservation } from '../../helpers/model/observation.ts';
import { readObservations } from '../../helpers/report/observations-file.ts';
import type { RunReport } from '../../helpers/report/run-report.ts';
import { inNode, runningNode } from '../../lab/enter.ts';
import { labEnvironment } from '../../lab/environment.ts';
import { kubectlFor, type Kubectl } from '../../lab/kubectl.ts';
import { run } from '../../lab/run-in.ts';
import { readState } from '../../lab/state.ts';
import { labStatus, type LabStatus } from '../../lab/status.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = join(root, 'cli', 'main.ts');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');

/** What a run of the program left behind, and said. */
export interface Ended {
  /** The exit code; the signal where one ended it. */
  code: number | NodeJS.Signals | undefined;
  stdout: string;
  stderr: string;
  /** What is in report.json; undefined where none was written. */
  report: RunReport | undefined;
  observations: Observation[];
}

export interface Started {
  pid: number;
  /** Resolves when it has said this on stderr. Rejects when it ends before. */
  says(text: string | RegExp): Promise<void>;
  /** Resolves when so many probes have been recorded. */
  observes(probes: number): Promise<void>;
  kill(signal: NodeJS.Signals, to?: 'process' | 'group'): void;
  ended: Promise<Ended>;
}

const isProbe = (observation: Observation): observation is ProbeObservation => observation.type === 'probe';

/**
 * A lab, and the real program run against it from the lab's runner, each run with a folder of its own for its reports.
 */
export class LabBench implements Disposable {
  readonly status: LabStatus;
  readonly kubectl: Kubectl;
  readonly folder = mkdtempSync(join(tmpdir(), 'netwright-bad-days-'));
  readonly #environment: Record<string, string>;
  #runs = 0;

  private constructor(status: LabStatus, kubectl: Kubectl, environment: Record<string, string>) {
    this.status = status;
    this.kubectl = kubectl;
    this.#environment = environment;
  }

  static async open(lab = process.env['NETWRIGHT_TEST_LAB'] ?? ''): Promise<LabBench> {
    return new LabBench(
      await labStatus(lab),
      kubectlFor(lab, (await readState(lab)).kubectl),
      await labEnvironment(lab),
    );
  }

  write(name: string, text: string): string {
    writeFileSync(join(this.folder, name), text, { mode: 0o600 });
    return join(this.folder, name);
  }

  /** Starts the program where the cluster is in reach, in a process group of its own. */
  start(args: string[], env: Record<string, string> = {}): Started {
    return this.#start([main, ...args, '--in-runner'], env);
  }

  /** Starts vitest by itself on the suites, as `npx vitest run` does. */
  startVitest(args: string[] = [], env: Record<string, string> = {}): Started {
    return this.#start([vitest, 'run', '--root', root, ...args], env);
  }

  #start(argv: string[], env: Record<string, string>): Started {
    this.#runs += 1;
    const reportsDir = join(this.folder, `run-${this.#runs}`);
    const own = {
      ...this.#environment,
      NETWRIGHT_TARGET: `lab:${this.status.name}`,
      NETWRIGHT_REPORTS_DIR: reportsDir,
      HOME: this.folder,
      PATH: process.env['PATH'] ?? '',
      // Allure's page takes seconds: who looks at it asks for it.
      NETWRIGHT_HTML_REPORT: '0',
      ...env,
    };
    const child = execa('ip', ['netns', 'exec', this.status.runner, process.execPath, ...argv], {
      cwd: this.folder,
      extendEnv: false,
      env: own,
      reject: false,
      stdin: 'ignore',
      detached: true,
    });
    const pid = child.pid ?? 0;
    let heard = '';
    child.stderr.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    let isOver = false;
    const ended = child.then(({ exitCode, signal, stdout, stderr }): Ended => {
      isOver = true;
      return { code: exitCode ?? signal, stdout, stderr: withoutTimes(stderr), ...filesIn(reportsDir) };
    });
    const until = async (what: string, condition: () => boolean) => {
      while (!condition()) {
        if (isOver) throw new Error(`it ended before ${what}: ${heard}`);
        await sleep(20);
      }
    };
    return {
      pid,
      ended,
      says: (text) =>
        until(`it said ${String(text)}`, () => (typeof text === 'string' ? heard.includes(text) : text.test(heard))),
      observes: (probes) =>
        until(`it had observed ${probes}`, () => filesIn(reportsDir).observations.filter(isProbe).length >= probes),
      kill: (signal, to = 'process') => process.kill(to === 'group' ? -pid : pid, signal),
    };
  }

  run(args: string[], env: Record<string, string> = {}): Promise<Ended> {
    return this.start(args, env).ended;
  }

  /** Runs a command in all namespaces of a node. */
  async onNode(node: string, ...argv: string[]): Promise<string> {
    return run(inNode(await runningNode(this.status.name, node), argv));
  }

  /** All of ours that the cluster has. */
  async leftOver(): Promise<string[]> {
    const list = async (what: string[]) =>
      (await this.kubectl(['get', ...what, '-o', 'name'])).split('\n').filter((name) => name.includes('netwright'));
    const lists = await Promise.all([
      list(['namespaces']),
      list(['leases', '-n', 'kube-system']),
      list(['clusterroles,clusterrolebindings']),
      list(['pods', '-A', '-l', 'app.kubernetes.io/managed-by=netwright']),
    ]);
    return lists.flat().filter((name) => !name.includes('/netwright:'));
  }

  /**
   * Waits until nothing of ours is on the cluster: namespaces are removed by the cluster itself, after the program has
   * ended.
   */
  async untilGone(timeoutMs = 90_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const left = await this.leftOver();
      if (left.length === 0) return;
      if (Date.now() > deadline) throw new Error(`still on the cluster after ${timeoutMs} ms: ${left.join(', ')}`);
      await sleep(500);
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The time at the beginning of each line of progress. */
const withoutTimes = (text: string): string =>
  text.replaceAll(/^ *\d+\.\d s /gm, '').replaceAll(/ \(\d+\.\d s\)$/gm, '');

function filesIn(reportsDir: string): Pick<Ended, 'report' | 'observations'> {
  const read = <T>(how: (folder: string) => T): T | undefined => {
    try {
      return how(join(reportsDir, readdirSync(reportsDir)[0] ?? ''));
    } catch {
      return undefined;
    }
  };
  return {
    report: read((folder) => JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as RunReport),
    observations: read((folder) => readObservations(join(folder, 'observations.ndjson'))) ?? [],
  };
}

/** Probes of what a run observed, with a verdict where one is named. */
export const probesOf = ({ observations }: Ended, verdict?: ProbeObservation['verdict']): ProbeObservation[] =>
  observations.filter(isProbe).filter((probe) => verdict === undefined || probe.verdict === verdict);
