import { statusOf } from './api-error.ts';
import type { ClusterClient } from './connect.ts';

/** Where flannel's own manifest puts its configuration (kube-flannel.yml). K3s has none: its flannel is built in. */
const CONFIG_MAP = { namespace: 'kube-flannel', name: 'kube-flannel-cfg' };

/** The port in flannel's net-conf.json; undefined where it names none or is not JSON. */
function portIn(netConf: string | undefined): number | undefined {
  try {
    const { Backend } = JSON.parse(netConf ?? '{}') as { Backend?: { Port?: unknown } };
    return typeof Backend?.Port === 'number' ? Backend.Port : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The UDP port that flannel's ConfigMap names for VXLAN. Undefined where there is none, or it may not be read: the
 * nodes' kernels then tell alone.
 */
export async function configuredFlannelPort({ core }: ClusterClient): Promise<number | undefined> {
  try {
    const { data } = await core.readNamespacedConfigMap(CONFIG_MAP);
    return portIn(data?.['net-conf.json']);
  } catch (error) {
    if (statusOf(error) === 404 || statusOf(error) === 403) return undefined;
    throw error;
  }
}
