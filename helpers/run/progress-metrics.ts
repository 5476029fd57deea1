import { createServer } from 'node:http';
import type { Observation } from '../model/observation.ts';
import { metricLines } from '../report/metrics.ts';
import type { PreparedRun } from './prepare.ts';

/** A run's own end of /metrics. */
export interface ServedProgress {
  /** From here on it tells what this run observes. */
  tell: (run: Pick<PreparedRun, 'context' | 'recorder'>) => void;
  close: () => void;
}

interface Progress {
  cluster?: string;
  profile: string;
  startedAt: Date;
  observations: readonly Observation[];
}

/** How far a run is, in Prometheus' text format. What it finds is told at its end, by the file or the Pushgateway. */
export function renderProgress({ cluster, profile, startedAt, observations }: Progress): string {
  const labels = { ...(cluster !== undefined && { cluster }), profile };
  const probes = Map.groupBy(
    observations.flatMap((each) => (each.type === 'probe' ? [each] : [])),
    ({ suite, verdict }) => `${suite} ${verdict}`,
  );
  return [
    ...metricLines('netwright_run_in_progress', 'Whether a run is under way.', [{ labels, value: 1 }]),
    ...metricLines('netwright_run_started_timestamp_seconds', 'When the run under way began.', [
      { labels, value: Math.round(startedAt.getTime() / 1000) },
    ]),
    ...metricLines(
      'netwright_run_probes',
      'Probes of the run under way, by how they ended.',
      [...probes].map(([key, own]) => {
        const [suite = '', verdict = ''] = key.split(' ');
        return { labels: { ...labels, suite, verdict }, value: own.length };
      }),
    ),
    '',
  ].join('\n');
}

/**
 * Serves /metrics while a run is under way. Nothing of it keeps the process alive, and where it cannot listen the run
 * goes on and says so.
 */
export function serveProgress(
  { host, port }: { host: string; port: number },
  { profile, onTrouble }: { profile: string; onTrouble: (text: string) => void },
): ServedProgress {
  const startedAt = new Date();
  let run: Pick<PreparedRun, 'context' | 'recorder'> | undefined;
  const server = createServer((request, answer) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      answer.writeHead(404).end();
      return;
    }
    answer.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    answer.end(
      renderProgress({
        cluster: run?.context.topology.name,
        profile,
        startedAt,
        observations: run?.recorder.observations ?? [],
      }),
    );
  });
  server.on('error', (error) => onTrouble(`/metrics cannot be served at ${host}:${port}: ${error.message}`));
  server.listen(port, host);
  server.unref();
  return {
    tell: (begun) => (run = begun),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
