import { isJudged } from '../../model/verdict.ts';
import type { ProbeObservation } from '../../model/observation.ts';
import type { SnapshotPath } from '../../model/snapshot.ts';

/** IP and UDP headers: 20 and 8 bytes, 40 and 8 with IPv6. */
const headersBytes = (ip: string | undefined): number => (ip?.includes(':') ? 48 : 28);

/** Large payloads take longer: they are no measure of the way. */
const IS_LARGE = new Set(['tcp-large', 'udp-full', 'udp-fragmented']);

/** Which way a probe measured; undefined for the overlay's own, which send what no workload sends. */
function classOf({ suite, pathClass, source, destination }: ProbeObservation): string | undefined {
  if (suite === 'overlay' || suite === 'diagnosis') return undefined;
  if (suite !== 'pod-to-pod') return suite;
  if (source.node === destination.node) return 'same node';
  return pathClass;
}

function middle(sorted: readonly number[]): number | undefined {
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

function pathOf(name: string, probes: readonly ProbeObservation[]): SnapshotPath {
  const sum = (of: (probe: ProbeObservation) => number) => probes.reduce((total, probe) => total + of(probe), 0);
  const attempts = sum((probe) => probe.attempts);
  const small = probes.filter(({ role }) => !IS_LARGE.has(role));
  const medians = small.flatMap(({ p50Ms }) => p50Ms ?? []).toSorted((a, b) => a - b);
  const highest = small.flatMap(({ p99Ms }) => p99Ms ?? []).toSorted((a, b) => a - b);
  const full = probes.filter(({ role }) => role === 'udp-full');
  const largest = full.every(({ verdict }) => verdict === 'pass')
    ? full.flatMap((probe) =>
        probe.kind === 'udp-echo' ? [probe.asked.payloadBytes + headersBytes(probe.destination.ip)] : [],
      )
    : [];
  return {
    class: name,
    probes: probes.length,
    attempts,
    loss: attempts === 0 ? 0 : (attempts - sum(({ succeeded }) => succeeded)) / attempts,
    p50Ms: middle(medians),
    p99Ms: highest.at(-1),
    ...(largest.length > 0 && { largestBytes: Math.min(...largest) }),
  };
}

/** Loss, times and largest size of each class of ways, of what was judged. Pure. */
export function pathsOf(probes: readonly ProbeObservation[]): SnapshotPath[] {
  const judged = probes.filter(isJudged);
  const classes = Map.groupBy(judged, classOf);
  return [...classes].flatMap(([name, own]) => (name === undefined ? [] : [pathOf(name, own)]));
}
