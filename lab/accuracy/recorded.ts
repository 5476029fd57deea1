import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { currentCode } from '../../helpers/model/former-codes.ts';
import type { FactKey } from '../../helpers/model/facts.ts';
import type { Observation } from '../../helpers/model/observation.ts';
import { observationsIn } from '../../helpers/report/observations-file.ts';
import type { InForce } from '../faults/lib/types.ts';

/** What was observed while faults were in force, small enough to be kept with the code. */
export interface Recorded {
  scenario: string;
  inForce: InForce[];
  nodes: string[];
  observations: Observation[];
}

/** Facts that no cause reads. */
const UNREAD = new Set<FactKey>([
  'counters',
  'cost',
  'second-reading',
  'ssh/protocol-counters',
  'ssh/ethtool',
  'ssh/iptables-version',
  'ssh/conntrack-stats',
  'ssh/modules',
  'ssh/kernel',
  'ssh/dmesg-network',
  'ssh/flannel-subnet',
  'ssh/k3s-config',
  'ssh/ps',
  'ssh/units',
  'ssh/listening-sockets',
]);

/** The same observations without what no cause is told by: times, and facts that nothing reads. */
export function slim(observations: Observation[]): Observation[] {
  return observations.flatMap((observation): Observation[] => {
    if (observation.type === 'fact') return UNREAD.has(observation.key) ? [] : [observation];
    const timeless = { ...observation, p50Ms: undefined, p99Ms: undefined, durationMs: 0 };
    return timeless.kind === 'udp-echo'
      ? [{ ...timeless, got: { ...timeless.got, p50Ms: undefined, p99Ms: undefined } }]
      : [timeless];
  });
}

/** A set's file name. */
const fileOf = (scenario: string): string => `${scenario.replaceAll(/[^a-z0-9-]+/gi, '_')}.ndjson.gz`;

export async function writeRecorded(folder: string, { observations, ...head }: Recorded): Promise<void> {
  await mkdir(folder, { recursive: true });
  const lines = [head, ...slim(observations)].map((line) => JSON.stringify(line));
  await writeFile(join(folder, fileOf(head.scenario)), gzipSync(`${lines.join('\n')}\n`, { level: 9 }));
}

/** Every set of a folder, by name, of whichever version. Throws `observations-invalid`. */
export async function readRecorded(folder: string): Promise<Recorded[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ndjson.gz')).toSorted();
  return Promise.all(
    files.map(async (name): Promise<Recorded> => {
      const text = gunzipSync(await readFile(join(folder, name))).toString('utf8');
      const end = text.indexOf('\n');
      const head = JSON.parse(text.slice(0, end)) as Omit<Recorded, 'observations'>;
      return {
        ...head,
        inForce: head.inForce.map((fault) => ({ ...fault, id: currentCode(fault.id), code: currentCode(fault.code) })),
        // Without its text the head still counts as a line.
        observations: observationsIn(text.slice(end), join(folder, name)),
      };
    }),
  );
}

/** What would have been observed by a run that may not log in to the nodes. */
export const withoutSsh = (observations: Observation[]): Observation[] =>
  observations.filter((observation) =>
    observation.type === 'fact' ? observation.source !== 'ssh' : observation.source.network !== 'ssh',
  );
