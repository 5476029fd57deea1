import { textOf } from '../values.ts';
import { flag, oneOf, path, variable } from './variable.ts';

const url = () => textOf('a URL of http or https', (value) => (/^https?:\/\/\S+$/.test(value) ? value : undefined));

/** `127.0.0.1:9477`, `[::1]:9477`, or a port alone, which is then of this machine only. */
export function readListen(text: string): { host: string; port: number } | undefined {
  const [, bracketed, plain, port = ''] = /^(?:(?:\[([0-9a-f:]+)\]|([\w.-]+)):)?(\d{1,5})$/i.exec(text) ?? [];
  const number = Number(port);
  return port !== '' && number > 0 && number < 65_536
    ? { host: bracketed ?? plain ?? '127.0.0.1', port: number }
    : undefined;
}

/** Who is told of a run. */
export const NOTICES = {
  NETWRIGHT_METRICS_FILE: variable(path(), {
    group: 'Run',
    meaning: "file for the run's metrics in Prometheus' text format, as for node_exporter's textfile collector",
    default: 'not set',
    example: '/var/lib/node_exporter/netwright.prom',
  }),
  NETWRIGHT_METRICS_LISTEN: variable(textOf('a port, or an address and a port', readListen), {
    group: 'Run',
    meaning: 'where /metrics tells how far a run is while it runs; a port alone listens on this machine only',
    default: 'not set',
    example: '0.0.0.0:9477',
  }),
  NETWRIGHT_PUSHGATEWAY: variable(url(), {
    group: 'Run',
    meaning: "Prometheus' Pushgateway that is given the run's metrics, in a group of its job and cluster",
    default: 'not set',
    example: 'http://pushgateway.monitoring:9091',
    secret: true,
  }),
  NETWRIGHT_OPEN_REPORT: variable(flag(), {
    group: 'Run',
    meaning:
      '1: each run is written as the ClusterReport netwright (openreports.io) of its cluster, which must know them',
    default: '0',
    example: '1',
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
