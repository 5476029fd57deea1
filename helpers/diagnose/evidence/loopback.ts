import { isJudged, type ProbeObservation } from '../../model/observation.ts';
import type { Match } from '../entry.ts';
import { provedIf } from '../match.ts';
import { nameAskedOf } from '../view/answers.ts';
import { qualified } from '../view/cluster.ts';
import type { View } from '../view/view.ts';
import { blocksOf, loopbackBinds } from './corefile.ts';
import { isSilent, replicasOf } from './replicas.ts';
import { distinct, ids, listed, say } from './support.ts';

/** Questions to replicas that are ready, none of which was answered by any; empty where one was. */
export function unheard(view: View): ProbeObservation[][] {
  const replicas = replicasOf(view).map(({ pod, names }) => ({ pod, judged: names.filter(isJudged) }));
  return replicas.every(({ pod, judged }) => pod.value.ready && judged.length > 0 && judged.every(isSilent))
    ? replicas.map(({ judged }) => judged)
    : [];
}

/** CoreDNS that is there, and listens where nobody but itself can ask it. */
export function boundToLoopback(view: View): Match[] {
  const { dns } = view.cluster;
  const silent = unheard(view);
  const corefile = view.facts.all('corefile').at(-1);
  const name = silent.flat().flatMap((probe) => nameAskedOf(probe) ?? [])[0];
  if (!dns || !corefile || name === undefined) return [];
  const lines = loopbackBinds(blocksOf(corefile.value.files), name.replace(/\.$/, ''));
  if (lines.length === 0) return [];
  const basis = silent.flat();
  const replicas = distinct(basis.flatMap(({ crosses: { replica } }) => replica ?? []));
  // A kernel on whose port nobody listens refuses. Where nothing comes back, a filter may stand before it.
  const refused = silent.every((probes) => probes.some(({ errorKind }) => errorKind === 'refused'));
  return [
    provedIf(refused, {
      at: { service: qualified(dns) },
      evidence: [
        say(
          `${listed(replicas)} ${replicas.length === 1 ? 'is' : 'are'} ready and ` +
            `${refused ? 'refused' : 'left unanswered'} at the address of the pod (${basis.length} questions)`,
          ...ids(basis).slice(0, 12),
        ),
        say(`the Corefile says: ${lines.join('; ')}: no other pod and no node gets there`, corefile.id),
      ],
      impact: [
        { kind: 'service', service: qualified(dns) },
        ...replicas.map((replica) => ({ kind: 'replica' as const, replica })),
      ],
      basis,
    }),
  ];
}
