import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { labPaths, namespaceOf } from '../../../lab/paths.ts';
import { inNetns, run } from '../../../lab/run-in.ts';
import { readState } from '../../../lab/state.ts';
import { LabBench } from '../../../tests/lab/bench.ts';
import { unpackDebian } from '../../../tests/lab/debian-package.ts';
import { Deployed } from '../../../tests/lab/nightly/deployed.ts';
import { RUNNER_IMAGE } from '../../../tests/lab/nightly/runner.ts';
import { Typist, type Stands } from './typist.ts';

/** Where the lab's runner is reached from the cluster. */
const HERE = '10.0.0.2';

/** A platform engineer's desk beside a lab: kubectl, helm, promtool, and what watches the cluster. */
export class Desk implements AsyncDisposable {
  readonly folder: string;
  readonly bench: LabBench;
  readonly deployed: Deployed;
  readonly typist: Typist;
  /** What the documents leave to their readers to fill in. */
  readonly stands: Stands;
  readonly #programs: string;
  readonly #children: AsyncDisposable[] = [];

  private constructor(folder: string, bench: LabBench, programs: string[]) {
    this.folder = folder;
    this.bench = bench;
    this.#programs = [...programs, dirname(process.execPath), process.env['PATH']].join(':');
    const environment = { PATH: this.#programs, HOME: folder, KUBECONFIG: labPaths(bench.status.name).kubeconfig };
    this.typist = new Typist(environment, this.#inRunner([]));
    this.deployed = new Deployed(bench);
    this.stands = [
      ['IMAGE', RUNNER_IMAGE],
      ['pushgateway.monitoring', HERE],
      ['prometheus.monitoring', HERE],
      ['/etc/prometheus', folder],
    ];
  }

  /** Programs that the machine lacks are fetched and made: a minute or two, most of it Helm. */
  static async at(lab: string): Promise<Desk> {
    const folder = await mkdtemp(join(tmpdir(), 'netwright-written-'));
    const { kubectl } = await readState(lab);
    const made = { env: { GOBIN: join(folder, 'bin'), CGO_ENABLED: '0' } };
    const [prometheus, pushgateway] = await Promise.all([
      unpackDebian('prometheus', folder),
      unpackDebian('prometheus-pushgateway', folder),
      run(['go', 'install', 'helm.sh/helm/v3/cmd/helm@v3.19.0'], made),
    ]);
    return new Desk(folder, await LabBench.open(lab), [dirname(kubectl), prometheus, pushgateway, join(folder, 'bin')]);
  }

  #inRunner(argv: string[]): string[] {
    return inNetns(namespaceOf(this.bench.status.name, 'runner'), argv);
  }

  /** Starts a program at the lab's runner, until the desk is left. */
  start(argv: string[]): void {
    const [file = '', ...args] = this.#inRunner(argv);
    const child = execa(file, args, { env: { PATH: this.#programs }, reject: false, stdio: 'ignore' });
    this.#children.push({
      [Symbol.asyncDispose]: async () => {
        child.kill();
        await child;
      },
    });
  }

  /** Whether Prometheus has an answer to a query now. */
  async hasAnswer(query: string): Promise<boolean> {
    const url = `http://${HERE}:9090/api/v1/query?query=${encodeURIComponent(query)}`;
    const [file = '', ...args] = this.#inRunner(['curl', '-fsS', url]);
    const { stdout } = await execa(file, args, { reject: false });
    return stdout?.includes('"result":[{') ?? false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) await child[Symbol.asyncDispose]();
    this.bench[Symbol.dispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}
