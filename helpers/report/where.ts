import type { Location } from '../model/finding.ts';

const SHOWN = 4;

/**
 * One location in words: `k3s-worker-01 → k3s-worker-02`, `service keybuzz/keybuzz-api`, `host my.keybuzz.io on
 * k3s-worker-01`.
 */
export function locationText({ node, from, to, service, endpoint, host, replica }: Location): string {
  const what = [
    from !== undefined && to !== undefined ? `${from} → ${to}` : (from ?? to),
    host && `host ${host}`,
    service && `service ${service}`,
    endpoint && `endpoint ${endpoint}`,
    replica && `replica ${replica}`,
  ]
    .filter(Boolean)
    .join(', ');
  if (node === undefined) return what || 'the cluster as a whole';
  return what ? `${what} on ${node}` : node;
}

/**
 * Where a finding is, in one line: all ordered pairs of the cluster by that name, else the first few and how many more.
 */
export function whereText(locations: readonly Location[], nodes: readonly string[]): string {
  if (locations.length === 0) return 'the cluster as a whole';
  const pairs = new Set(
    locations.flatMap(({ from, to }) => (from !== undefined && to !== undefined ? [`${from} → ${to}`] : [])),
  );
  const every =
    nodes.length > 1 &&
    pairs.size === locations.length &&
    nodes.every((from) => nodes.every((to) => from === to || pairs.has(`${from} → ${to}`)));
  if (every) return `every ordered pair of the ${nodes.length} nodes`;
  const texts = locations.map(locationText);
  const rest = texts.length - SHOWN;
  return rest > 1 ? `${texts.slice(0, SHOWN).join('; ')}; and ${rest} more` : texts.join('; ');
}
