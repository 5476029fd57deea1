import { eventually } from '../../kubectl.ts';
import { CALICO, CALICO_API, CALICO_TUNNEL_ADDRESS } from '../../../helpers/model/overlay/calico.ts';
import type { LabSettings } from '../../makes/settings.ts';
import type { FaultContext } from './context.ts';
import type { KubeObject } from './objects.ts';
import { specOf } from './places.ts';

/** Networks of labs on whose nodes felix enforces Calico's own policies. */
export const WITH_FELIX: readonly LabSettings['network'][] = ['calico-vxlan', 'calico-ipip', 'calico-bgp', 'canal'];

/** An object of Calico's, of the whole cluster. */
export const calicoObject = (kind: string, name: string, spec: Record<string, unknown>): KubeObject => ({
  apiVersion: `${CALICO_API}/v1`,
  kind,
  metadata: { name },
  spec,
});

/** The pool that calico-node makes at its first start, as kubectl takes it. */
const CALICO_POOL = `ippools.${CALICO_API}/default-ipv4-ippool`;

/** Sets fields of that pool. */
export const changePool = (lab: FaultContext, fields: Record<string, unknown>): Promise<void> =>
  lab.change('default', CALICO_POOL, (pool) => void Object.assign(specOf(pool), fields));

/** What all nodes' felix read, which it makes likewise. */
export const FELIX_CONFIGURATION = `felixconfigurations.${CALICO_API}/default`;

/** Far above what felix takes: a second or two. */
const WRITTEN_TIMEOUT_MS = 30_000;

/** Holds once felix masquerades for no pool. */
export const NO_POOL_MASQUERADES = '! iptables-save -t nat | grep -q "cali-nat-outgoing .*MASQUERADE"';

/** Waits until felix has written on a node what a shell's test looks for. */
export const untilWritten = async (lab: FaultContext, node: string, test: string): Promise<void> => {
  await eventually(() => lab.onNode(node, ['bash', '-c', test]), WRITTEN_TIMEOUT_MS);
};

/** The annotation with the address of a node's tunnel device, in the lab's encapsulation. */
export const tunnelAnnotation = ({ status }: FaultContext): string =>
  `${CALICO}${CALICO_TUNNEL_ADDRESS[status.settings.network === 'calico-ipip' ? 'calico-ipip' : 'calico-vxlan']}`;
