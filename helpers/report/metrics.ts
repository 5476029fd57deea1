import { isJudged, type Observation, type ProbeObservation } from '../model/observation.ts';
import type { RunReport } from './run-report.ts';

type Labels = Record<string, string>;
interface Sample {
  labels: Labels;
  value: number;
}

/** A label's value in Prometheus' text format. */
const escaped = (text: string): string =>
  text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll(/\r?\n/g, String.raw`\n`);

/** A metric of one kind, with its description. */
export function metricLines(name: string, help: string, samples: readonly Sample[]): string[] {
  if (samples.length === 0) return [];
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...samples.map(({ labels, value }) => {
      const text = Object.entries(labels).map(([label, of]) => `${label}="${escaped(of)}"`);
      return `${name}{${text.join(',')}} ${value}`;
    }),
  ];
}

const secondsOf = (time: string): number => Math.round(Date.parse(time) / 1000);

/** What was sent and lost, and how long the slowest took, by the way that it went: pods or hosts, one protocol. */
function byPathClass(observations: readonly Observation[], cluster: string) {
  const probes = observations.filter(
    (each): each is ProbeObservation & { pathClass: string } =>
      each.type === 'probe' && isJudged(each) && each.pathClass !== undefined,
  );
  const groups = [...Map.groupBy(probes, ({ pathClass, asked }) => `${pathClass} ${asked.protocol}`)];
  return groups.map(([key, own]) => {
    const [pathClass = '', protocol = ''] = key.split(' ');
    const attempts = own.reduce((sum, probe) => sum + probe.attempts, 0);
    const succeeded = own.reduce((sum, probe) => sum + probe.succeeded, 0);
    const slowest = own.flatMap(({ p99Ms }) => p99Ms ?? []);
    return {
      labels: { cluster, path_class: pathClass, protocol },
      loss: attempts === 0 ? 0 : 1 - succeeded / attempts,
      ...(slowest.length > 0 && { p99Seconds: Math.max(...slowest) / 1000 }),
    };
  });
}

function problemSamples({ changes, findings }: RunReport, cluster: string): Sample[] {
  const accepted = new Set(findings.flatMap(({ code, accepted: by }) => (by ? [code] : [])));
  const there = (changes?.problems ?? []).filter(({ state }) => state !== 'mended');
  const groups = Map.groupBy(there, ({ code, confidence, state }) => `${code} ${confidence} ${state}`);
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const { code, confidence, state } = first;
    const labels = { cluster, code, confidence, state, accepted: String(accepted.has(code)) };
    return [{ labels, value: same.length }];
  });
}

export interface MetricsOptions {
  /** ISO time of the last run that was healthy, this one counted; absent where none is known. */
  lastHealthyAt?: string;
}

/**
 * A run as Prometheus' text format (version 0.0.4): what alert rules need, bounded by what there is of codes, suites
 * and ways, not by nodes.
 */
export function renderMetrics(
  report: RunReport,
  observations: readonly Observation[],
  { lastHealthyAt }: MetricsOptions = {},
): string {
  const cluster = report.cluster.name;
  const at = (more: Labels = {}): Labels => ({ cluster, ...more });
  const ways = byPathClass(observations, cluster);
  const symptoms = Map.groupBy(report.symptoms, ({ suite, verdict }) => `${suite} ${verdict}`);
  const { passed, failed, inconclusive, evidence } = report.counts;
  return [
    ...metricLines('netwright_run_timestamp_seconds', 'When the run ended.', [
      { labels: at({ profile: report.profile }), value: secondsOf(report.endedAt ?? report.startedAt) },
    ]),
    ...metricLines('netwright_run_duration_seconds', 'How long the run took.', [
      { labels: at(), value: (report.timings['totalMs'] ?? 0) / 1000 },
    ]),
    ...metricLines(
      'netwright_last_healthy_timestamp_seconds',
      'When a run was healthy last.',
      lastHealthyAt === undefined ? [] : [{ labels: at(), value: secondsOf(lastHealthyAt) }],
    ),
    ...metricLines(
      'netwright_verdict',
      'The verdict of the run: 1 for the one that holds.',
      (['healthy', 'unhealthy', 'inconclusive'] as const).map((verdict) => ({
        labels: at({ verdict }),
        value: Number(report.verdict === verdict),
      })),
    ),
    ...metricLines('netwright_problems', 'Places of a problem, by its code.', problemSamples(report, cluster)),
    ...metricLines(
      'netwright_symptoms',
      'Symptoms that were looked for.',
      [...symptoms].map(([key, own]) => {
        const [suite = '', verdict = ''] = key.split(' ');
        return { labels: at({ suite, verdict }), value: own.length };
      }),
    ),
    ...metricLines(
      'netwright_probes',
      'Probes by how they ended.',
      Object.entries({ pass: passed, fail: failed, inconclusive, evidence }).map(([verdict, value]) => ({
        labels: at({ verdict }),
        value,
      })),
    ),
    ...metricLines('netwright_holes', 'What could not be looked at, and was not left out by choice.', [
      { labels: at(), value: report.holes.filter(({ isByChoice }) => !isByChoice).length },
    ]),
    ...metricLines(
      'netwright_loss_ratio',
      'Share of the attempts that got no answer.',
      ways.map(({ labels, loss }) => ({ labels, value: Math.round(loss * 1e6) / 1e6 })),
    ),
    ...metricLines(
      'netwright_p99_seconds',
      'The 99th percentile of the times to an answer, of the slowest pair.',
      ways.flatMap(({ labels, p99Seconds }) => (p99Seconds === undefined ? [] : [{ labels, value: p99Seconds }])),
    ),
    '',
  ].join('\n');
}
