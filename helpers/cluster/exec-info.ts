import type { Cluster } from '@kubernetes/client-node';

interface ExecPlugin {
  apiVersion?: string;
  env?: { name: string; value: string }[] | null;
  provideClusterInfo?: boolean | null;
}

const clusterInfo = ({ server, caData, tlsServerName, skipTLSVerify, proxyUrl }: Cluster) => ({
  server,
  'certificate-authority-data': caData,
  'tls-server-name': tlsServerName,
  'insecure-skip-tls-verify': skipTLSVerify || undefined,
  'proxy-url': proxyUrl,
});

/**
 * A credential plugin with the variable that kubectl gives it (client.authentication.k8s.io, ExecCredential): some
 * plugins do not start without, and client-node does not set it. Nobody is there to answer questions of a plugin.
 */
export function execInfo<T extends ExecPlugin>(plugin: T, cluster: Cluster): T {
  const info = {
    kind: 'ExecCredential',
    apiVersion: plugin.apiVersion,
    spec: { interactive: false, ...(plugin.provideClusterInfo === true && { cluster: clusterInfo(cluster) }) },
  };
  return {
    ...plugin,
    env: [...(plugin.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }],
  };
}
