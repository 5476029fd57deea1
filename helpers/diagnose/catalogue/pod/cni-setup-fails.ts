import type { CatalogueEntry, Match } from '../../entry.ts';
import { count, ids, placeOf, say } from '../../evidence/support.ts';
import { sandboxFailures } from '../../evidence/sandboxes.ts';
import { provedIf } from '../../match.ts';

/** One attempt may have come before the plugin was there; the runtime tries again. */
const CERTAIN_ATTEMPTS = 2;

const ADVICE: [words: RegExp, text: string][] = [
  [
    /failed to find plugin "([^"]+)"/,
    'Put the binary of that plugin back into the folder that is named (containernetworking/plugins; on K3s restart ' +
      'k3s, which brings its own), or correct the type in /etc/cni/net.d.',
  ],
  [
    /subnet\.env/,
    'flannel has not written its file on that node: see whether it runs there and has a pod range (kubectl get node ' +
      '-o jsonpath={.spec.podCIDR}); its log says why.',
  ],
  [
    /already has an IP address different from/,
    'A bridge of an earlier pod range is still up: drain the node, delete the bridge (ip link delete cni0), and ' +
      'start it again.',
  ],
  [
    /connection is unauthorized|failed \(add\):.* Unauthorized/,
    "The API server does not take the token of Calico's plugin on that node any more (calico-kubeconfig in " +
      '/etc/cni/net.d): delete the calico-node pod of that node, which writes it anew; its log says why it had not.',
  ],
  [
    /no configured Calico pools|cannot find a qualified ippool/,
    'Calico has no IPPool for that node: make one over the cluster-cidr, enable the one that is disabled, or correct ' +
      'its nodeSelector.',
  ],
  [
    /No IPs available in pools|No more free affine blocks/,
    "Calico's pools have no address left: add an IPPool, or release what pods hold that are gone (calicoctl ipam " +
      'check).',
  ],
  [/calico\/nodename/, 'calico-node has not started on that node: see its pod there and its log.'],
];

/** A node is Ready, its pods run, and new ones get no network. */
export const cniSetupFails: CatalogueEntry = {
  code: 'cni-setup-fails',
  title: (locations) => `new pods get no network: ${placeOf(locations)}`,
  layer: 'pod',
  dependsOn: [],
  match: (view) => {
    const withPods = new Set(view.probes.flatMap(({ source }) => (source.network === 'pod' ? [source.node] : [])));
    return [...sandboxFailures(view)].flatMap(([node, { words, attempts, ids: told }]): Match[] => {
      // One that is not Ready says so itself; and where a pod of ours runs, what was said before is over.
      if (view.cluster.nodes.get(node)?.value.ready !== true || withPods.has(node)) return [];
      const without = view.facts.all('no-probe').filter((fact) => fact.node === node && fact.value.network === 'pod');
      return [
        provedIf(attempts >= CERTAIN_ATTEMPTS && without.length > 0, {
          at: { node },
          evidence: [
            say(`the runtime of ${node} says, ${count(attempts, 'time')}: ${words}`, ...told),
            without.length > 0 && say(`no probe could be started in the pod network of ${node}`, ...ids(without)),
          ],
          impact: [],
          basis: [],
        }),
      ];
    });
  },
  remedy: (view, locations) => {
    const failures = sandboxFailures(view);
    const said = locations.map(({ node }) => failures.get(node ?? '')?.words ?? '');
    const advice = ADVICE.filter(([words]) => said.some((each) => words.test(each)));
    return advice.length > 0
      ? advice.map(([, text]) => ({ text }))
      : [
          {
            text:
              "Look at the network plugin's own pod or service on that node, and at its log, for the words above. " +
              'Pods that run already keep their network.',
          },
        ];
  },
  shows: 'no new event, and a pod that starts',
  verify: ({ node }) =>
    `kubectl get events -A --field-selector reason=FailedCreatePodSandBox | grep ${node}; kubectl run try --rm -i ` +
    `--image=busybox --overrides='{"spec":{"nodeName":"${node}"}}' -- true`,
  parts: ({ node }) => `kubectl get events -A --field-selector reason=FailedCreatePodSandBox | grep ${node}`,
};
