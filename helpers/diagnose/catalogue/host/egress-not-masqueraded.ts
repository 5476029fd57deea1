import type { CatalogueEntry, Match } from '../../entry.ts';
import { egresses } from '../../evidence/egress.ts';
import { rulesOf } from '../../evidence/services.ts';
import { replicasOf } from '../../evidence/replicas.ts';
import { ids, listed, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import type { View } from '../../view/view.ts';
import { rcodeOf } from '../../view/answers.ts';
import { provedIf } from '../../match.ts';

/** Calico's pools that say that their pods' packets keep their addresses. */
function barePools(view: View): { names: string[]; id?: string } {
  const pools = view.facts.last('ip-pools').at(-1);
  const bare = pools?.value.filter(({ natOutgoing, disabled }) => !natOutgoing && !disabled) ?? [];
  return { names: bare.map(({ name }) => name), ...(pools && { id: pools.id }) };
}

/** A node lets its pods' packets out under their own addresses, to which nobody outside can answer. */
export const egressNotMasqueraded: CatalogueEntry = {
  code: 'egress-not-masqueraded',
  title: (locations) => `pods leave the node under their own addresses: ${placeOf(locations)}`,
  layer: 'host',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  sets: ['iptables-save', 'nft-ruleset'],
  match: (view) => {
    const bare = barePools(view);
    return view.nodes.flatMap((node): Match[] => {
      const direct = egresses(view).find((egress) => egress.node === node);
      const own = replicasOf(view).filter(
        ({ pod, names }) => pod.value.node === node && names.some(({ verdict }) => verdict === 'pass'),
      );
      const failed = own.flatMap(({ external }) =>
        external.filter((probe) => probe.verdict === 'fail' && [undefined, 'SERVFAIL'].includes(rcodeOf(probe))),
      );
      const passed = own.some(({ external }) => external.some(({ verdict }) => verdict === 'pass'));
      // The node's own pods get nothing from outside, and the node itself does.
      const silent =
        direct !== undefined &&
        direct.hostPasses &&
        direct.failed.length === direct.pods.length &&
        direct.failed.every(({ succeeded }) => succeeded === 0);
      const answered = direct?.pods.some(({ succeeded }) => succeeded > 0) ?? false;
      if ((failed.length === 0 && !silent) || passed || answered) return [];
      const rules = rulesOf(view, node);
      const ssh = view.ssh(node);
      // Rules that the model cannot decide on may masquerade.
      const masks = rules !== undefined && rules.firewall.masquerades !== false;
      // Where every replica is silent the resolver is as likely: only rules tell.
      const others = replicasOf(view).filter(({ pod }) => pod.value.node !== node);
      const elsewhere = others.some(({ external }) => external.some(({ verdict }) => verdict === 'pass'));
      if (masks || (!rules && !elsewhere && !silent)) return [];
      const basis = [...ids(failed), ...ids(silent ? direct.failed : [])];
      return [
        provedIf(ssh.iptables, {
          at: { node },
          evidence: [
            silent &&
              say(
                `${direct.failed[0]?.destination.ip} answers ${node} itself and none of its pods`,
                ...ids(direct.failed),
              ),
            failed.length > 0 &&
              say(
                `CoreDNS on ${node} gets no answer from outside (${failed.length} questions)`,
                ...ids(failed).slice(0, 10),
              ),
            rules && say(`no rule on ${node} masquerades pod traffic`, ...rules.ids),
            bare.names.length > 0 && say(`the IPPool ${listed(bare.names)} has natOutgoing off`, bare.id),
          ],
          impact: [
            {
              kind: 'probes',
              ids: [...basis, ...view.failing.filter((probe) => view.path(probe).external).map(({ id }) => id)],
            },
          ],
          basis,
        }),
      ];
    });
  },
  remedy: (view) => [
    ...barePools(view).names.map((name) => ({
      text:
        `kubectl patch ippools.crd.projectcalico.org ${name} --type merge -p '{"spec":{"natOutgoing":true}}': felix ` +
        'writes the rules on every node within seconds.',
    })),
    {
      text:
        'Start flannel with masquerading (K3s does; --flannel-ipv6-masq for IPv6), Calico with natOutgoing: true; ' +
        'restart it where its rules were flushed.',
    },
  ],
  shows: 'a rule for the pod range',
  verify: ({ node }) => `ssh ${node} 'iptables-save -t nat | grep MASQUERADE'`,
  parts: ({ node }) => `ssh ${node} 'iptables-save -t nat | grep MASQUERADE'`,
};
