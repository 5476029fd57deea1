import { STAGES, type PodIdentity, type PodPolicy, type PodPort, type PolicyRule, type Way } from './policy.ts';
import { every, type Told } from './told.ts';

type Rest = () => Told;

/** One after another: what holds decides, and where that is not known both ways have to lead to the same. */
function either(holds: Told, then: Rest, otherwise: Rest): Told {
  if (holds === true) return then();
  if (holds === false) return otherwise();
  const [one, other] = [then(), otherwise()];
  return one === other ? one : undefined;
}

interface Question {
  pod: PodIdentity;
  way: Way;
  peer: PodIdentity;
  port?: PodPort;
}

/**
 * Whether policies let a peer through to a pod, or from it: the first rule that is about it decides, by the order of
 * stages and of policies in them; whoever one of them isolates is denied at the end of its stage.
 */
export function isLetThrough(policies: readonly PodPolicy[], { pod, way, peer, port }: Question): Told {
  const ofStage = (at: number): Told => {
    const stage = STAGES[at];
    if (stage === undefined) return true;
    const own = policies
      .filter((policy) => policy.stage === stage && policy.ways[way])
      .toSorted((a, b) => a.order - b.order)
      .map((policy) => ({ selects: policy.selects(pod), isolates: policy.ways[way]?.isolates === true, policy }))
      .filter(({ selects }) => selects !== false);
    const rules = own.flatMap(({ policy, selects }) =>
      (policy.ways[way]?.rules ?? []).map((rule) => ({ rule, holds: every([selects, rule.matches(peer, port)]) })),
    );
    const isolating = own.filter(({ isolates }) => isolates).map(({ selects }) => selects);
    const isIsolated: Told = isolating.includes(true) ? true : isolating.length > 0 ? undefined : false;
    const outcome = ({ action }: PolicyRule): Told => (action === 'pass' ? ofStage(at + 1) : action === 'allow');
    const atEnd: Rest = () =>
      either(
        isIsolated,
        () => false,
        () => ofStage(at + 1),
      );
    return rules.reduceRight<Rest>(
      (otherwise, { rule, holds }) =>
        () =>
          either(holds, () => outcome(rule), otherwise),
      atEnd,
    )();
  };
  return ofStage(0);
}
