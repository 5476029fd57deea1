import type { RunReport } from './run-report.ts';
import { whereText } from './where.ts';

type Finding = RunReport['findings'][number];
type Symptom = RunReport['symptoms'][number];

/** etcd refuses an object of more than 1.5 MiB (its `--max-request-bytes`); so many results are far from that. */
const MOST_RESULTS = 500;
const LONGEST_MESSAGE = 1_000;

const RESULTS = { pass: 'pass', fail: 'fail', inconclusive: 'error', skipped: 'skip' } as const;

const cut = (text: string): string =>
  text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE - 3)}...` : text;

const stamp = (iso: string) => {
  const ms = Date.parse(iso);
  return { seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1_000_000 };
};

/** A proved cause fails; what is accepted or only a candidate warns. */
const ofFinding =
  ({ cluster }: RunReport) =>
  ({ code, title, confidence, locations, remedy, verify, accepted }: Finding) => ({
    policy: 'root-cause',
    rule: code,
    result: confidence === 'proved' && accepted === undefined ? ('fail' as const) : ('warn' as const),
    severity: confidence === 'proved' ? 'critical' : 'medium',
    message: cut(title),
    properties: {
      confidence,
      place: cut(whereText(locations, cluster.nodes)),
      remedy: cut(remedy),
      verify: cut(verify),
    },
  });

const ofSymptom = ({ suite, title, verdict, text = '', acceptedBy = [] }: Symptom) => ({
  policy: suite,
  rule: title,
  result: verdict === 'fail' && acceptedBy.length > 0 ? ('warn' as const) : RESULTS[verdict],
  severity: 'high',
  message: cut(text),
});

/**
 * A run as a ClusterReport of OpenReports (openreports.io/v1alpha1): a result each finding and each symptom, findings
 * first. What could not be observed is an error there, what is accepted a warning.
 */
export function openReportOf(report: RunReport) {
  const timestamp = stamp(report.endedAt ?? report.startedAt);
  const results = [...report.findings.map(ofFinding(report)), ...report.symptoms.map(ofSymptom)]
    .slice(0, MOST_RESULTS)
    .map((result) => ({ ...result, scored: true, source: 'netwright', category: 'network', timestamp }));
  const count = (result: string): number => results.filter((each) => each.result === result).length;
  const [pass, fail, warn, error, skip] = ['pass', 'fail', 'warn', 'error', 'skip'].map(count);
  return {
    apiVersion: 'openreports.io/v1alpha1',
    kind: 'ClusterReport',
    metadata: {
      name: 'netwright',
      labels: { 'app.kubernetes.io/managed-by': 'netwright', 'netwright.io/verdict': report.verdict },
      annotations: { 'netwright.io/run': report.runId },
    },
    source: 'netwright',
    summary: { pass, fail, warn, error, skip },
    results,
  };
}
