import { few } from '../../../few.ts';
import type { AcceptancePoint } from '../../../model/acceptance.ts';
import type { PolicyWay } from '../../../model/facts/acceptance.ts';
import { enforcesPolicies } from '../../../model/overlay.ts';
import { policyTitle } from '../../../model/policy-kinds.ts';
import type { View } from '../../view/view.ts';
import { point, type Judged, type Trouble } from '../point.ts';

const area = 'policy';

const wayOf = ({ from, to }: PolicyWay): string => `${from} → ${to}`;

/** One sentence of all ways of a kind, with the first few of them. */
const said = (ways: readonly PolicyWay[], text: string): Trouble[] =>
  ways.length === 0 ? [] : [{ text: `${text}: ${few(ways.map(wayOf))}`, node: ways[0]?.to }];

/** What was seen of policies that Netwright made before its own pods. */
function judgedWays(ways: readonly PolicyWay[]): Pick<Judged, 'wrong' | 'unknown' | 'note'> {
  const known = ways.filter(({ without }) => without.tcp === 'answered' && without.udp === 'answered');
  const unseen = known.filter(({ denied, allowed }) =>
    [denied, allowed].some(({ tcp, udp }) => tcp === 'not observed' || udp === 'not observed'),
  );
  return {
    wrong: [
      ...said(
        known.filter(({ denied }) => denied.tcp === 'answered' || denied.udp === 'answered'),
        'answered against a NetworkPolicy that denies everything',
      ),
      ...said(
        known.filter(({ allowed }) => allowed.tcp === 'silent' || allowed.tcp === 'refused'),
        'TCP did not pass, which a NetworkPolicy allows',
      ),
      ...said(
        known.filter(({ allowed, denied }) => allowed.udp === 'answered' && denied.udp !== 'answered'),
        'UDP passed beside a NetworkPolicy that allows TCP alone',
      ),
    ],
    unknown: [
      ...said(
        ways.filter((way) => !known.includes(way)),
        'did not answer without any policy of ours, so nothing is known of it with one',
      ),
      ...said(unseen, 'was not asked to the end'),
    ],
    note: `${known.length} ways, each without a policy, against one that denies and with one that allows`,
  };
}

function triedPoint(
  view: View,
  { names, unread, ids }: { names: readonly string[]; unread: Trouble[]; ids: (string | undefined)[] },
): AcceptancePoint {
  const tried = view.facts.one('policies-tried');
  const { ways = [], why } = tried?.value ?? {};
  const judged = judgedWays(ways);
  const isKept = ways.some(({ denied }) => denied.tcp !== 'answered' && denied.udp !== 'answered');
  const isEnforced = enforcesPolicies(view.cluster.overlay?.value);
  const unneeded = names.length === 0 && unread.length === 0 && !isEnforced && !isKept;
  const isTried = tried !== undefined && why === undefined && ways.length > 0;
  const untried = isTried ? [] : [{ text: `no policy was tried: ${why ?? 'this run did not come to it'}` }];
  return point({
    area,
    title: 'policies are kept to: what they deny is denied, what they allow passes',
    ...(unneeded && { skipped: 'the cluster has no NetworkPolicy, and nothing that would keep to one' }),
    ...judged,
    unknown: [...unread, ...untried, ...(judged.unknown ?? [])],
    remedy: 'See the agent of the network plugin on the node that is asked: it programs what policies say.',
    observations: [...ids, tried?.id],
  });
}

/** Whether the policies of before are there, and whether policies are kept to. Pure. */
export function policyPoints(view: View): AcceptancePoint[] {
  const fact = view.facts.one('network-policies');
  const names = fact?.value.map(policyTitle) ?? [];
  const before = view.facts.one('acceptance')?.value.before?.policies;
  const unread = fact ? [] : [{ text: 'the NetworkPolicies could not be read' }];
  return [
    point({
      area,
      title: 'the NetworkPolicies of before are there',
      ...(before === undefined && { skipped: 'there is no snapshot from before, or it has no policies' }),
      wrong: (before ?? [])
        .filter((name) => fact && !names.includes(name))
        .map((name) => ({ text: `${name} is gone` })),
      unknown: unread,
      remedy: 'Apply the policy again.',
      observations: [fact?.id],
    }),
    triedPoint(view, { names, unread, ids: [fact?.id] }),
  ];
}
