import type { CatalogueEntry, Match } from '../../entry.ts';
import { failedAt } from '../../evidence/sick-nodes.ts';
import { count, listed, placeOf, say } from '../../evidence/support.ts';
import { proved } from '../../match.ts';
import type { View } from '../../view/view.ts';

const SHORT_OF: Readonly<Record<string, string>> = {
  DiskPressure: 'disk space',
  MemoryPressure: 'memory',
  PIDPressure: 'process numbers',
};

/** What was put out of a node, or was not let in, in the words of events. */
function putOut(view: View, node: string): { text: string; id: string }[] {
  return view.facts
    .all('events')
    .flatMap(({ value, id }) =>
      value
        .filter(
          (event) => event.node === node && (event.reason === 'Evicted' || event.reason === 'EvictionThresholdMet'),
        )
        .map(({ object, message }) => ({ text: `${object}: ${message}`, id })),
    );
}

/** A node is short of disk, memory or process numbers, and its kubelet puts pods out. */
export const nodeUnderPressure: CatalogueEntry = {
  code: 'node-under-pressure',
  title: (locations, view) => {
    const types = locations.flatMap(({ node = '' }) => view.cluster.nodes.get(node)?.value.conditions ?? []);
    const short = new Set(types.flatMap(({ type, status }) => (status === 'True' ? (SHORT_OF[type] ?? []) : [])));
    return `the node is short of ${listed([...short])}, and its kubelet puts pods out: ${placeOf(locations)}`;
  },
  layer: 'node',
  dependsOn: [],
  match: (view) =>
    [...view.cluster.nodes.values()].flatMap(({ value, id }): Match[] => {
      const { name: node, ready, conditions = [] } = value;
      const short = conditions.filter(({ type, status }) => SHORT_OF[type] !== undefined && status === 'True');
      const out = putOut(view, node);
      const without = view.facts.all('no-probe').filter((fact) => fact.node === node);
      // A kubelet that only says so, and still runs everything, hurts nobody.
      if (short.length === 0 || (ready && out.length === 0 && without.length === 0)) return [];
      return [
        proved({
          at: { node },
          evidence: [
            ...short.map(({ type, message }) => say(`the kubelet of ${node} says ${type}: ${message ?? ''}`, id)),
            out.length > 0 &&
              say(
                `it put out ${count(out.length, 'pod')} or said that it will: ${out[0]?.text}`,
                ...out.map((each) => each.id),
              ),
            without.length > 0 &&
              say(`no probe could be kept on ${node}: ${without[0]?.value.why}`, ...without.map((each) => each.id)),
          ],
          // Of a node that is Ready what still runs is as sound as ever.
          impact: ready ? [] : [{ kind: 'node', node }],
          basis: ready ? [] : failedAt(view, node),
        }),
      ];
    }),
  remedy: () => [
    {
      text:
        'Make room (crictl rmi --prune, journalctl --vacuum-size, pods with limits of their own), or give the ' +
        'machine more; the kubelet takes pods again a few minutes after it is well ' +
        '(--eviction-pressure-transition-period).',
    },
  ],
  shows: 'False',
  verify: ({ node }) => `kubectl get node ${node} -o 'jsonpath={.status.conditions[?(@.type=="DiskPressure")].status}'`,
  parts: ({ node }) => `kubectl describe node ${node}`,
};
