import { eventually, type Kubectl } from '../kubectl.ts';
import { waitForRollOuts } from '../workloads/index.ts';

/** Far above what is measured on two busy cores. */
const READY_TIMEOUT_MS = 120_000;
/** A half-way state may be one in which no pod becomes Ready; this is long enough for those that do. */
const HALF_WAY_TIMEOUT_MS = 30_000;

/** Makes every pod anew that has a network of its own, all at once: who waits for them is another's matter. */
export async function recreatePods(kubectl: Kubectl): Promise<void> {
  const { items } = JSON.parse(await kubectl(['get', 'pods', '-A', '-o', 'json'])) as {
    items: { metadata: { namespace: string; name: string }; spec: { hostNetwork?: boolean } }[];
  };
  const own = items.filter(({ spec }) => !spec.hostNetwork).map(({ metadata }) => metadata);
  await Promise.all(
    [...Map.groupBy(own, ({ namespace }) => namespace)].map(([namespace, pods]) =>
      // One that goes away meanwhile, as those of a run that has just ended, is as good.
      kubectl(
        ['-n', namespace, 'delete', 'pods', '--ignore-not-found', '--wait=true', '--timeout=60s'].concat(
          pods.map(({ name }) => name),
        ),
      ),
    ),
  );
}

/** Waits until nodes are Ready and workloads rolled out. Throws what is not by then. */
export async function waitForWorkloads(kubectl: Kubectl): Promise<void> {
  await kubectl(['wait', '--for=condition=Ready', 'node', '--all', `--timeout=${READY_TIMEOUT_MS / 1000}s`]);
  await waitForRollOuts(kubectl, READY_TIMEOUT_MS);
}

/** What of a Deployment says whether it has rolled out. */
interface Deployment {
  metadata: { name: string };
  spec: { replicas: number };
  status: { availableReplicas?: number };
}

async function checkDeployments(kubectl: Kubectl): Promise<void> {
  const { items } = JSON.parse(await kubectl(['get', 'deployments', '-A', '-o', 'json'])) as { items: Deployment[] };
  const late = items.filter(({ spec, status }) => (status.availableReplicas ?? 0) < spec.replicas);
  if (late.length > 0) throw new Error(`not rolled out: ${late.map(({ metadata }) => metadata.name).join(', ')}`);
}

/** Waits as long as it is worth for a state that is not meant to be whole; says whether all has rolled out. */
export const waitAWhile = (kubectl: Kubectl): Promise<boolean> =>
  eventually(() => checkDeployments(kubectl), HALF_WAY_TIMEOUT_MS).then(
    () => true,
    () => false,
  );
