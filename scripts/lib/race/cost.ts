import type { Kubectl } from '../../../lab/kubectl.ts';
import { namespaceOf } from '../../../lab/paths.ts';
import { run } from '../../../lab/run-in.ts';

/** What has been asked of the API server, and what has gone between it and the runner. */
export interface Meter {
  requests: number;
  /** Before and after the reading itself, whose answer is large. */
  bytes: { before: number; after: number };
  atMs: number;
}

/** The sum of a counter over all its labels, as Prometheus' text has it. Pure. */
export function sumOf(metrics: string, counter: string): number {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith(`${counter}{`) || line.startsWith(`${counter} `))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

interface Link {
  ifname: string;
  stats64: { rx: { bytes: number }; tx: { bytes: number } };
}

/** Bytes of all devices but the loopback, in and out, as `ip -s -j link` has them. Pure. */
export const bytesOf = (json: string): number =>
  (JSON.parse(json) as Link[])
    .filter(({ ifname }) => ifname !== 'lo')
    .reduce((sum, { stats64: { rx, tx } }) => sum + rx.bytes + tx.bytes, 0);

/** Reads the meter by one request of its own. */
export async function readMeter(lab: string, kubectl: Kubectl): Promise<Meter> {
  const bytes = async () => bytesOf(await run(['ip', '-n', namespaceOf(lab, 'runner'), '-s', '-j', 'link']));
  const before = await bytes();
  const metrics = await kubectl(['get', '--raw', '/metrics']);
  const requests = sumOf(metrics, 'apiserver_request_total');
  return { requests, bytes: { before, after: await bytes() }, atMs: performance.now() };
}

/** The reading itself, which the next one finds. */
const OWN = 1;

/** How often a cluster is asked by its own components, a second. Pure. */
export const idleRate = (before: Meter, after: Meter): number =>
  Math.max(0, after.requests - before.requests - OWN) / ((after.atMs - before.atMs) / 1000);

/** What was asked between two readings, less what would have been anyway. Pure. */
export const requestsOf = (before: Meter, after: Meter, idlePerS: number): number =>
  Math.max(0, Math.round(after.requests - before.requests - OWN - (idlePerS * (after.atMs - before.atMs)) / 1000));
