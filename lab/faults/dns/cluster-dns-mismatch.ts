import type { FaultContext } from '../lib/context.ts';
import { tellPods } from '../lib/kubelet-dns.ts';
import { forReplacement, type KubeObject } from '../lib/objects.ts';
import { atNode, everywhere, type LabFault } from '../lib/types.ts';
import { NAMESPACE } from '../../workloads/keybuzz.ts';
import { addressIn } from '../../makes/ranges.ts';

const code = 'cluster-dns-mismatch';
/** Which addresses of the range of Services nobody has. */
const NOBODYS = 99;
const MOVED = 53;

/** Removes the DNS Service, and resolves to what it was. */
async function withoutDns(lab: FaultContext): Promise<KubeObject> {
  const before = forReplacement(await lab.get<KubeObject>(['-n', 'kube-system', 'service/kube-dns']));
  await lab.onHealing({ on: 'kubectl', argv: ['create', '-f', '-'], input: JSON.stringify(before) });
  await lab.kubectl(['-n', 'kube-system', 'delete', 'service', 'kube-dns', '--wait=true']);
  return before;
}

const service = (name: string, namespace: string, spec: Record<string, unknown>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec,
});

export const faults: LabFault[] = [
  {
    id: `${code}/one-node`,
    code,
    title: "a node's kubelet gives pods an address as resolver that no Service has",
    takes: 'node',
    inject: (lab, { node = '' }) => tellPods(lab, node, addressIn(lab.ranges.services, NOBODYS)),
    expected: atNode,
  },
  {
    id: `${code}/service-moved`,
    code,
    title: 'the DNS Service was made anew with another address than the kubelets give to pods',
    takes: 'none',
    inject: async (lab) => {
      const { metadata, spec = {} } = await withoutDns(lab);
      const address = addressIn(lab.ranges.services, MOVED);
      const moved = service('kube-dns', 'kube-system', { ...spec, clusterIP: address, clusterIPs: [address] });
      await lab.create({ ...moved, metadata: { ...moved.metadata, labels: metadata.labels } });
    },
    expected: everywhere,
  },
  {
    id: `${code}/address-taken`,
    code,
    title: 'another Service has the address of the DNS Service, which cannot be made',
    takes: 'none',
    inject: async (lab) => {
      await withoutDns(lab);
      await lab.create(
        service('taken', NAMESPACE, { clusterIP: lab.ranges.dns, ports: [{ port: 80, targetPort: 8080 }] }),
      );
    },
    expected: everywhere,
  },
];
