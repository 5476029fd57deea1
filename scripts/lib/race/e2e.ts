import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { namespaceOf } from '../../../lab/paths.ts';
import { inNetns } from '../../../lab/run-in.ts';
import { runCapped } from './capped.ts';
import { causeIn, type Contestant } from './contestant.ts';
import { FOCUS, readSpecs, SPECS, specsText } from './specs.ts';

/** Kubernetes' own tests, with the time-outs that they have by default. */
export const e2e: Contestant = {
  id: 'e2e',
  title: 'Kubernetes e2e, `[sig-network]`',
  async compete({ lab, kit, e2e: { program }, kubectl, kubeconfig, folder, capMs, signal, state }) {
    const reports = join(folder, `e2e-${state}`);
    await mkdir(reports, { recursive: true });
    const argv = [
      program,
      '--provider=skeleton',
      `--kubeconfig=${kubeconfig}`,
      `--kubectl-path=${join(kit.binDir, 'kubectl')}`,
      `--ginkgo.focus=${FOCUS}`,
      '--ginkgo.no-color',
      `--ginkgo.json-report=${join(reports, 'report.json')}`,
      `--report-dir=${reports}`,
    ];
    const capped = await runCapped(inNetns(namespaceOf(lab, 'runner'), argv), {
      capMs,
      signal,
      logPath: join(folder, `e2e-${state}.log`),
      sign: /\[FAILED\]/,
    });
    // What it was stopped at stays behind.
    await kubectl(['delete', 'namespaces', '-l', 'e2e-framework', '--timeout=180s']).catch(() => {});
    const json = await readFile(join(reports, 'report.json'), 'utf8').catch(() => '[]');
    const specs = readSpecs(json);
    const failed = specs.filter((spec) => spec.state === 'failed');
    const ended = specs.length === SPECS.length && !capped.isCapped;
    return {
      ...capped,
      verdict: failed.length > 0 ? 'unhealthy' : ended && capped.exitCode === 0 ? 'healthy' : 'none',
      text: specs.length > 0 ? specsText(specs, SPECS.length) : capped.output.trim().slice(-200),
      cause: causeIn(specs.flatMap(({ message = '' }) => message)),
    };
  },
};
