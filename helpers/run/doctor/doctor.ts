import { whyOf } from '../../cluster/api-error.ts';
import { connectCluster, type ClusterClient } from '../../cluster/connect.ts';
import type { Config } from '../../config/config.ts';
import { requireKubeconfig } from '../../config/load.ts';
import { sourceText } from '../../model/kubeconfig-source.ts';
import { checkSshFiles } from '../../nodes/identity.ts';
import { checkAdmission } from './admission.ts';
import { DOCTOR_MS, type Check } from './check.ts';
import { portsCheck, seeCluster } from './ports.ts';
import { checkRights } from './rights.ts';
import { checkSsh } from './ssh.ts';
import { checkWay } from './way.ts';

/** Leaves time to say what was not answered. */
const EACH_MS = DOCTOR_MS - 500;

/** What did not come to its end is not known. */
async function orUnknown(name: string, asked: Promise<Check[]>, signal: AbortSignal): Promise<Check[]> {
  const late = new Promise<Check[]>((resolve) => {
    const say = () => resolve([{ name, state: 'unknown', text: `not answered within ${EACH_MS / 1000} s` }]);
    if (signal.aborted) say();
    else signal.addEventListener('abort', say, { once: true });
  });
  const told = asked.catch((error: unknown): Check[] => [{ name, state: 'unknown', text: whyOf(error) }]);
  return Promise.race([told, late]);
}

function nodesCheck(client: ClusterClient, nodes: number): Check {
  return { name: 'cluster', state: 'ok', text: `${client.name}, Kubernetes ${client.serverVersion}, ${nodes} nodes` };
}

/**
 * Looks at all that a run needs, and at what it can do without, and writes nothing. Takes three seconds at most. Throws
 * a NetwrightError for wrong configuration and for a cluster that cannot be asked at all.
 */
export async function examine(config: Config, interrupted: AbortSignal): Promise<Check[]> {
  const kubeconfig = requireKubeconfig(config);
  if (config.ssh) await checkSshFiles(config.ssh);
  const late = AbortSignal.timeout(EACH_MS);
  const signal = AbortSignal.any([interrupted, late]);
  const client = await connectCluster({
    kubeconfig,
    context: config.kubeContext,
    requestTimeoutMs: EACH_MS,
    signal: interrupted,
  });
  const seeing = seeCluster(client);
  const all = await Promise.all([
    orUnknown(
      'cluster',
      seeing.then(({ nodes }) => [nodesCheck(client, nodes.length)]),
      signal,
    ),
    orUnknown('rights', checkRights(client, config.probe.namespaces), signal),
    orUnknown('admission', checkAdmission(client, config), signal),
    orUnknown(
      'ports on the nodes',
      seeing.then((seen) => [portsCheck(config.probe.ports, seen)]),
      signal,
    ),
    orUnknown(
      'way to the nodes',
      seeing.then(({ nodes }) => checkWay(nodes, { kubeconfig, ssh: config.ssh }, signal)),
      signal,
    ),
    orUnknown(
      'SSH',
      seeing.then(({ nodes }) => checkSsh(nodes, config.ssh, { timeoutMs: EACH_MS, signal })),
      signal,
    ),
  ]);
  interrupted.throwIfAborted();
  return [{ name: 'kubeconfig', state: 'ok', text: sourceText(kubeconfig) }, ...all.flat()];
}
