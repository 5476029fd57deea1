import { setTimeout as sleep } from 'node:timers/promises';
import { changeCorefile } from '../lib/coredns.ts';
import { specOf } from '../lib/places.ts';
import { everywhere, type LabFault } from '../lib/types.ts';

const code = 'coredns-config-wrong';
/** New replicas have ended, and been started again, when so much time has passed. */
const SETTLE_MS = 3_000;

const form = (name: string, title: string, from: string | RegExp, to: string): LabFault => ({
  id: `${code}/${name}`,
  code,
  title,
  takes: 'none',
  inject: async (lab) => {
    await changeCorefile(lab, (corefile) => corefile.replace(from, to));
    await sleep(SETTLE_MS);
  },
  expected: everywhere,
});

const HOSTS = 'ready\n    hosts {\n      203.0.113.7 db.corp.test\n    }';

export const faults: LabFault[] = [
  form('unknown-directive', 'the Corefile holds a directive that CoreDNS does not know', 'loadbalance', 'loadbalanced'),
  form('hosts', "the Corefile's plugin hosts has no fallthrough", 'ready', HOSTS),
  form(
    'zone',
    "the Corefile's zone is not the domain that the kubelets give to pods",
    /kubernetes \S+/,
    'kubernetes k8s.example.test',
  ),
  {
    id: `${code}/missing-key`,
    code,
    title: "CoreDNS' pods mount a key that its ConfigMap does not have",
    takes: 'none',
    inject: async (lab) => {
      await lab.onHealing({
        on: 'kubectl',
        argv: ['-n', 'kube-system', 'rollout', 'status', 'deployment/coredns', '--timeout=60s'],
      });
      await lab.change('kube-system', 'deployment/coredns', (deployment) => {
        const { spec } = specOf(deployment)['template'];
        const keys = ['Corefile', 'NodeHosts'].map((key) => ({ key, path: key }));
        spec.volumes = [{ name: 'config', configMap: { name: 'coredns', items: keys } }];
      });
      await sleep(SETTLE_MS);
    },
    expected: everywhere,
  },
];
