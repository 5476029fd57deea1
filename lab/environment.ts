import { EXTERNAL } from './edge.ts';
import { HOSTS } from './fabric.ts';
import { labPaths } from './paths.ts';
import { labSsh } from './ssh.ts';
import { readState } from './state.ts';
import { outsideOf } from './topology.ts';
import { INGRESS_NODE_PORTS } from './workloads/ingress.ts';
import { APPS, NAMESPACE } from './workloads/keybuzz.ts';

/** The configuration of a run against a lab: what a user would write into .env for a cluster like it. */
export async function labEnvironment(name: string): Promise<Record<string, string>> {
  const { probeImage, settings } = await readState(name);
  const { kubeconfig, ingressCa } = labPaths(name);
  const ssh = labSsh(name);
  return {
    NETWRIGHT_KUBECONFIG: kubeconfig,
    NETWRIGHT_NAMESPACE: NAMESPACE,
    NETWRIGHT_SERVICES: APPS.map((app) => `${app.name}:${app.port}`).join(','),
    NETWRIGHT_HOSTS: Object.entries(HOSTS)
      .map(([host, service]) => `${host}=${service}`)
      .join(','),
    NETWRIGHT_HEALTH_PATH: '/health',
    NETWRIGHT_IDENTITY: 'json-service',
    NETWRIGHT_LOAD_BALANCER: outsideOf(settings).loadBalancer,
    NETWRIGHT_INGRESS_CA: ingressCa,
    NETWRIGHT_INGRESS_NODEPORT_HTTPS: String(INGRESS_NODE_PORTS.https),
    NETWRIGHT_INGRESS_NODEPORT_HTTP: String(INGRESS_NODE_PORTS.http),
    NETWRIGHT_EXTERNAL_NAME: EXTERNAL.name,
    NETWRIGHT_PROBE_IMAGE: probeImage,
    NETWRIGHT_PROBE_NODE_PATH: '/usr/bin/node',
    NETWRIGHT_SSH_USER: ssh.user,
    NETWRIGHT_SSH_KEY: ssh.privateKeyPath,
    NETWRIGHT_SSH_KNOWN_HOSTS: ssh.knownHostsPath,
    // A lab's addresses may be those of a developer's own hosts.
    NETWRIGHT_SSH_CONFIG: 'none',
  };
}
