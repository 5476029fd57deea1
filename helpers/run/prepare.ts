import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { cleanUp, waitForPodsGone } from '../cluster/clean-up.ts';
import { checkAccess } from '../cluster/access.ts';
import { connectCluster, withSignal, type ClusterClient } from '../cluster/connect.ts';
import { acquireRunLock, type RunLock } from '../cluster/lease.ts';
import { applyObjects } from '../cluster/objects.ts';
import type { ForeignNode } from '../cluster/foreign-nodes.ts';
import { readTopology } from '../cluster/topology.ts';
import type { Config } from '../config/config.ts';
import { requireKubeconfig } from '../config/load.ts';
import { NetwrightError } from '../errors.ts';
import type { KubeconfigSource } from '../model/kubeconfig-source.ts';
import type { Targets } from '../model/targets.ts';
import type { Topology } from '../model/topology.ts';
import { checkSshFiles } from '../nodes/identity.ts';
import type { RunContext } from '../model/run-context.ts';
import { samplingNote } from '../observe/plans/pairs.ts';
import { unaskedPorts } from '../observe/plans/unasked-ports.ts';
import { unprobedFamilies } from '../observe/plans/unprobed-families.ts';
import { listenAddresses } from '../observe/listen-addresses.ts';
import { appendTo, Recorder } from '../observe/recorder.ts';
import { bundleAgent } from '../probe/bundle.ts';
import { probeObjects } from '../probe/manifests.ts';
import { checkProbePorts } from './check-probe-ports.ts';
import { forwardingBefore } from './forwarding-before.ts';
import { discoverTargets } from './discover-targets.ts';
import { recordTopology } from './record-topology.ts';
import { waitForProbes } from './probe-pods.ts';

export interface PreparedRun {
  context: RunContext;
  client: ClusterClient;
  lock: RunLock;
  recorder: Recorder;
  /** Removes what the run put into the cluster and gives the lock back. Never throws; says what it could not do. */
  finish(): Promise<string | undefined>;
}

export interface PrepareOptions {
  config: Config;
  runId: string;
  onProgress?: (text: string) => void;
  /** Takes what could not be undone when a run could not be made ready. */
  onTrouble?: (text: string) => void;
  signal: AbortSignal;
}

/** What a run stands on, read before anything is written into the cluster. */
interface Look {
  client: ClusterClient;
  agentSource: string;
  namespaces: string[];
  topology: Topology;
  foreignNodes: ForeignNode[];
  targets: Targets;
}

async function lookAt(config: Config, kubeconfig: KubeconfigSource, signal: AbortSignal): Promise<Look> {
  const [client, agentSource] = await Promise.all([
    connectCluster({ kubeconfig, context: config.kubeContext, signal }),
    bundleAgent(),
  ]);
  const namespaces = [
    ...new Set([config.namespace, ...(config.services ?? []).flatMap(({ namespace }) => namespace ?? [])]),
  ];
  const [access, read] = await Promise.allSettled([
    checkAccess(client),
    readTopology(client, {
      namespaces,
      name: config.target.startsWith('lab:') ? config.target : undefined,
      ...(config.ingressNodes && 'selector' in config.ingressNodes && { nodeSelector: config.ingressNodes.selector }),
    }),
  ]);
  signal.throwIfAborted();
  // It names all that is missing; a read that is refused names the first only.
  if (access.status === 'rejected') throw access.reason;
  if (read.status === 'rejected') throw read.reason;
  const targets = discoverTargets(config, read.value);
  checkProbePorts(config.probe.ports, read.value.topology.services, targets);
  const { topology, foreignNodes } = read.value;
  return { client, agentSource, namespaces, topology, foreignNodes, targets };
}

async function finishWith(client: ClusterClient, lock: RunLock, runId: string): Promise<string | undefined> {
  const left = await cleanUp(client, { runId }).then(
    () => undefined,
    (error: unknown) =>
      `what the run made could not be removed: ${error instanceof Error ? error.message : String(error)}; ` +
      'netwright clean removes it',
  );
  const kept = await lock.release();
  return [left, kept].filter(Boolean).join('; ') || undefined;
}

/**
 * Makes a run ready: connects, checks rights, takes the lock, reads the cluster, and rolls the probes out. What it
 * began is undone when it throws.
 */
export async function prepareRun({
  config,
  runId,
  onProgress = () => {},
  onTrouble = () => {},
  signal,
}: PrepareOptions): Promise<PreparedRun> {
  const kubeconfig = requireKubeconfig(config);
  // What no node would let in is better told now than once a node, after the time that a run takes.
  if (config.ssh) await checkSshFiles(config.ssh);
  onProgress('connecting');
  const looked = await lookAt(config, kubeconfig, signal);
  const { client: asking, agentSource, namespaces, topology, foreignNodes, targets } = looked;
  // From here on there is something to undo, which must not be cut short.
  const client = withSignal(asking, undefined);
  const lock = await acquireRunLock(client, `${runId} on ${hostname()}`, {
    signal,
    onWatch: (holder) => onProgress(`watching whether the run of ${holder} is alive`),
  });
  let finished: Promise<string | undefined> | undefined;
  const finish = () => (finished ??= finishWith(client, lock, runId));
  try {
    signal.throwIfAborted();
    const ready = topology.nodes.filter((node) => node.ready).map(({ name }) => name);
    const [leftOver, forwarding] = await Promise.all([
      cleanUp(client),
      forwardingBefore(topology.nodes, targets.ssh, signal),
    ]);
    if (leftOver.length > 0) onProgress('waiting for the probes of an earlier run to go');
    const stuck = leftOver.length > 0 ? await waitForPodsGone(client, ready, { signal }) : [];
    onProgress(
      'rolling out probes on ' +
        `${ready.length === topology.nodes.length ? '' : `${ready.length} of `}${topology.nodes.length} nodes`,
    );
    const { image, pullSecret, nodePath, ports } = config.probe;
    // A pod on a node that is not Ready would never start, and never go: nobody is there to say that it has ended.
    const nodes = ready.length === topology.nodes.length && foreignNodes.length === 0 ? undefined : ready;
    const objects = probeObjects({
      runId,
      image,
      nodePath,
      agentSource,
      ports,
      pullSecret,
      nodes,
      key: randomBytes(32).toString('hex'),
      hostAddresses: listenAddresses(topology.nodes),
    });
    await applyObjects(client, objects, signal);
    const { pods, holes } = await waitForProbes(withSignal(client, signal), runId, topology.nodes, signal);
    if (pods.length === 0) {
      throw new NetwrightError(`no probe runs on any node: ${[...new Set(holes.map(({ why }) => why))].join('; ')}`, {
        code: 'no-probes',
        hint: 'kubectl get events -A --sort-by .lastTimestamp',
      });
    }
    const reportDir = join(config.reportsDir, runId);
    mkdirSync(reportDir, { recursive: true });
    const context: RunContext = {
      runId,
      startedAt: new Date().toISOString(),
      profile: config.profile,
      reportDir,
      kubeconfig,
      kubeContext: client.name,
      settings: config.settings,
      namespaces,
      topology,
      targets,
      externalName: config.externalName,
      pods,
      agent: { nodePath, ports },
      suites: config.suites,
      holes,
    };
    for (const { node, pod } of stuck)
      holes.push({ what: `the host's ports of ${node}`, why: `${pod} of an earlier run does not go`, node });
    for (const { name, kind } of foreignNodes)
      holes.push({ what: name, why: `${kind}: the probes need Linux`, isByChoice: true });
    holes.push(...unprobedFamilies(topology), ...unaskedPorts(topology, targets.services));
    const sampling = samplingNote(context);
    if (sampling) holes.push({ what: 'the full mesh of node pairs', why: sampling, isByChoice: true });
    const recorder = new Recorder(appendTo(join(reportDir, 'observations.ndjson')), 'r');
    process.once('exit', () => recorder.flush());
    recordTopology(recorder, topology, targets);
    for (const [node, forwards] of forwarding)
      recorder.fact({ source: 'ssh', node, key: 'ssh/forwarding-before', value: forwards });
    return { context, client, lock, recorder, finish };
  } catch (error) {
    const trouble = await finish();
    if (trouble) onTrouble(trouble);
    throw error;
  }
}
