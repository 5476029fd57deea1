import type { Change } from '../../model/acceptance.ts';
import type { Snapshot, SnapshotNode, SnapshotPath } from '../../model/snapshot.ts';
import { LOSSIER_SHARE } from '../../model/thresholds.ts';
import { few } from '../../few.ts';

/** Twice as much, and by two milliseconds at least: medians of one sound cluster differed by half on a busy machine. */
const SLOWER = 2;
const SLOWER_MS = 2;

const msText = (value: number | undefined): string => (value === undefined ? '-' : `${value.toFixed(1)} ms`);

function worth(before: number | undefined, after: number | undefined, least: number, share: number): Change['is'] {
  if (before === undefined || after === undefined) return undefined;
  if (after > before * share && after - before > least) return 'worse';
  return before > after * share && before - after > least ? 'better' : undefined;
}

const changed = (what: string, before: string, after: string, is?: Change['is']): Change => ({
  what,
  before,
  after,
  ...(is && { is }),
});

function pathChanges(before: readonly SnapshotPath[], after: readonly SnapshotPath[]): Change[] {
  return after.flatMap((now) => {
    const then = before.find((each) => each.class === now.class);
    const percent = (path: SnapshotPath | undefined) => (path ? `${(path.loss * 100).toFixed(2)} %` : '-');
    const size = (path: SnapshotPath | undefined) => (path?.largestBytes ? `${path.largestBytes} bytes` : '-');
    const isMesh = now.largestBytes !== undefined || then?.largestBytes !== undefined;
    return [
      changed(`${now.class}: loss`, percent(then), percent(now), worth(then?.loss, now.loss, LOSSIER_SHARE, 1)),
      changed(
        `${now.class}: p50`,
        msText(then?.p50Ms),
        msText(now.p50Ms),
        worth(then?.p50Ms, now.p50Ms, SLOWER_MS, SLOWER),
      ),
      changed(`${now.class}: p99`, msText(then?.p99Ms), msText(now.p99Ms)),
      ...(isMesh
        ? [
            changed(
              `${now.class}: largest packet`,
              size(then),
              size(now),
              worth(now.largestBytes, then?.largestBytes, 0, 1),
            ),
          ]
        : []),
    ];
  });
}

/** What nodes have, each form once with the number of nodes. */
function overNodes(nodes: readonly SnapshotNode[], of: (node: SnapshotNode) => string | undefined): string {
  const forms = Map.groupBy(nodes, (node) => of(node) ?? 'not read');
  if (forms.size === 1) return [...forms.keys()][0] ?? '-';
  return few(
    [...forms].map(([form, own]) => `${form} (${own.map(({ name }) => name).join(', ')})`),
    3,
  );
}

const devicesOf = ({ devices }: SnapshotNode) => devices?.map(({ name, mtu }) => `${name} ${mtu ?? '?'}`).join(', ');
const rulesOf = ({ rules }: SnapshotNode) =>
  rules &&
  Object.entries(rules)
    .filter(([owner]) => owner !== 'other' && owner !== 'kube-proxy')
    .map(([owner, count]) => `${owner} ${count}`)
    .toSorted()
    .join(', ');
const cniOf = ({ cni }: SnapshotNode) => cni?.map(({ file, plugins }) => `${file} (${plugins.join(', ')})`).join(', ');

/** What was before and what is now, line by line. Pure. */
export function changesOf(before: Snapshot, after: Snapshot): Change[] {
  const lines = (name: string, of: (snapshot: Snapshot) => string) => changed(name, of(before), of(after));
  const each = (of: (node: SnapshotNode) => string | undefined) => (snapshot: Snapshot) =>
    overNodes(snapshot.nodes, of) || 'none';
  return [
    lines('network', ({ network }) => network.kind),
    lines('nodes', ({ nodes }) => `${nodes.length}, ${nodes.filter(({ ready }) => ready).length} Ready`),
    lines('devices and MTU', each(devicesOf)),
    lines('CNI configuration', each(cniOf)),
    lines('rules of networks', each(rulesOf)),
    lines('pools', ({ pools }) => pools?.map(({ cidr, name }) => `${name} ${cidr}`).join(', ') || 'none'),
    lines('pod addresses', ({ nodes }) => `${nodes.reduce((sum, node) => sum + (node.podAddresses?.length ?? 0), 0)}`),
    lines('policies', ({ policies }) => (policies === undefined ? 'not read' : `${policies.length}`)),
    ...pathChanges(before.paths, after.paths),
  ];
}
