import { textOf } from '../values.ts';
import { oneOf, path, variable } from './variable.ts';

const url = () => textOf('a URL of http or https', (value) => (/^https?:\/\/\S+$/.test(value) ? value : undefined));

/** Who is told of a run. */
export const NOTICES = {
  NETWRIGHT_METRICS_FILE: variable(path(), {
    group: 'Run',
    meaning: "file for the run's metrics in Prometheus' text format, as for node_exporter's textfile collector",
    default: 'not set',
    example: '/var/lib/node_exporter/netwright.prom',
  }),
  NETWRIGHT_WEBHOOK: variable(url(), {
    group: 'Run',
    meaning: 'URL that is told of a run in which something changed since the last one',
    default: 'not set',
    example: 'https://hooks.example.com/netwright',
    secret: true,
  }),
  NETWRIGHT_WEBHOOK_FORMAT: variable(oneOf(['json', 'slack'] as const), {
    group: 'Run',
    meaning: 'what it is told: fields (json), or a text as Slack and its likes take it (slack)',
    default: 'json',
    example: 'slack',
  }),
  NETWRIGHT_PING: variable(url(), {
    group: 'Run',
    meaning: "URL of a dead man's switch: asked at the end of a healthy run, with /start at its start, with /fail else",
    default: 'not set',
    example: 'https://ping.example.com/4711',
    secret: true,
  }),
};
