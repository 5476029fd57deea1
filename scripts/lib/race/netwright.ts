import { judge } from '../../../lab/accuracy/judge.ts';
import { gateRun } from '../gate-run.ts';
import type { Contestant } from './contestant.ts';

/** The gate profile, as a user runs it: roll-out, probes, diagnosis, report and clean-up. */
export const netwright: Contestant = {
  id: 'netwright',
  title: 'Netwright, gate profile',
  async compete({ lab, folder, inForce, nodes }) {
    const startedAt = performance.now();
    const { report, printed } = await gateRun(lab, folder);
    const ms = performance.now() - startedAt;
    const base = { ms, isCapped: false };
    if (!report) return { ...base, verdict: 'none', text: printed.trim().slice(-200), cause: 'not named' };
    const { faults, wrong } = judge(inForce, report.findings, nodes);
    const isNamed = inForce.length > 0 && faults.every(({ naming, first }) => naming === 'proved' && first);
    const [first] = report.findings;
    const more = report.findings.length > 1 ? `, and ${report.findings.length - 1} more` : '';
    return {
      ...base,
      verdict: report.verdict === 'inconclusive' ? 'none' : report.verdict,
      text: first
        ? `${first.code} (${first.confidence})${more}: ${first.title}`
        : `${report.counts.probes} probes good`,
      cause: wrong.length > 0 ? 'wrong' : isNamed ? 'named' : 'not named',
    };
  },
};
