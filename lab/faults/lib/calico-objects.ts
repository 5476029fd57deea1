import type { LabSettings } from '../../makes/settings.ts';
import type { KubeObject } from './objects.ts';

/** Networks of labs on whose nodes felix enforces Calico's own policies. */
export const WITH_FELIX: readonly LabSettings['network'][] = ['calico-vxlan', 'calico-ipip', 'calico-bgp', 'canal'];

/** An object of Calico's, of the whole cluster. */
export const calicoObject = (kind: string, name: string, spec: Record<string, unknown>): KubeObject => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind,
  metadata: { name },
  spec,
});
