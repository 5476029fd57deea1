import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { whyOf } from '../cluster/api-error.ts';
import { cleanUp, waitForPodsGone } from '../cluster/clean-up.ts';
import { restoreScaled } from '../cluster/restore-scaled.ts';
import { withSignal, type ClusterClient } from '../cluster/connect.ts';
import { acquireRunLock, type RunLock } from '../cluster/lease.ts';
import type { Config } from '../config/config.ts';
import { requireKubeconfig } from '../config/load.ts';
import { requireWritable } from '../report/writable-folder.ts';
import type { Hole } from '../model/finding.ts';
import type { KubeconfigSource } from '../model/kubeconfig-source.ts';
import type { AcceptanceSettings, RunContext } from '../model/run-context.ts';
import { checkSshFiles } from '../nodes/identity.ts';
import { appendTo, Recorder } from '../observe/recorder.ts';
import { readSnapshot } from '../report/snapshot-file.ts';
import { forwardingBefore } from './forwarding-before.ts';
import { knownHoles } from './known-holes.ts';
import { lookAt, type Look } from './look.ts';
import type { RolledOut } from './probe-pods.ts';
import { mayBeOutOfReach, reachesNodes } from './reach.ts';
import { recordTopology } from './record-topology.ts';
import { readyNodes, rollOut } from './roll-out.ts';
import { withCanary } from './with-canary.ts';

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
  /** Called with what could not be undone when preparing failed. */
  onTrouble?: (text: string) => void;
  signal: AbortSignal;
}

/** An earlier run's probe that does not go keeps its node's ports. */
function portsHeld({ node, pod }: { node: string; pod: string }): Hole {
  return { what: `the host's ports of ${node}`, why: `${pod} of an earlier run does not go`, node };
}

interface Basis {
  isReached: boolean;
  config: Config;
  acceptance: AcceptanceSettings | undefined;
  runId: string;
  looked: Look;
  rolledOut: RolledOut;
  kubeconfig: KubeconfigSource;
}

/** What a snapshot or an acceptance needs to know; undefined for any other run. Throws for a bad snapshot. */
function acceptanceOf({ profile, acceptance }: Config): AcceptanceSettings | undefined {
  const { snapshotPath, beforePath, network, deployments, exercise } = acceptance;
  if (profile !== 'acceptance' && snapshotPath === undefined) return undefined;
  const before = beforePath === undefined ? undefined : readSnapshot(beforePath);
  return {
    isJudged: snapshotPath === undefined,
    exercise,
    wanted: { deployments: [...deployments], ...(network && { network }), ...(before && { before }) },
  };
}

/** Whether nodes are to be asked from where Netwright runs: not where no way leads to them. */
async function isWithinReach(
  { topology, targets: { ssh } }: Look,
  kubeconfig: KubeconfigSource,
  signal: AbortSignal,
): Promise<boolean> {
  const addresses = topology.nodes.filter(({ ready }) => ready).map(({ internalIp }) => internalIp);
  return !mayBeOutOfReach(kubeconfig, ssh) || addresses.length === 0 || reachesNodes(addresses, signal);
}

function contextOf({ config, acceptance, runId, looked, rolledOut, kubeconfig, isReached }: Basis): RunContext {
  const { client, namespaces, discovers, topology, participants, targets } = looked;
  const { nodePath, ports } = config.probe;
  return {
    runId,
    startedAt: new Date().toISOString(),
    profile: config.profile,
    reportDir: join(config.reportsDir, runId),
    kubeconfig,
    kubeContext: client.name,
    settings: config.settings,
    namespaces,
    discovers,
    topology,
    leftOut: participants.leftOut,
    targets,
    externalName: config.externalName,
    pods: rolledOut.pods,
    agent: { nodePath, ports },
    suites: config.suites,
    ...(acceptance && { acceptance }),
    holes: rolledOut.holes,
    ...(!isReached && { isOutOfReach: true }),
    ...(rolledOut.unheard.length > 0 && { unheard: rolledOut.unheard }),
  };
}

/** Makes the report's folder and begins the recording in it: the topology, and why probes do not run. */
function recordingOf({ reportDir, topology, targets }: RunContext, { missing, events }: RolledOut): Recorder {
  mkdirSync(reportDir, { recursive: true });
  const recorder = new Recorder(appendTo(join(reportDir, 'observations.ndjson')), 'r');
  process.once('exit', () => recorder.flush());
  recordTopology(recorder, topology, targets);
  for (const { node, network, why } of missing)
    recorder.fact({ source: 'kubernetes', node, key: 'no-probe', value: { network, why } });
  if (events.length > 0) recorder.fact({ source: 'kubernetes', key: 'events', value: events });
  return recorder;
}

async function finishWith(
  client: ClusterClient,
  lock: RunLock,
  ours: { runId: string; prepared?: string[] },
): Promise<string | undefined> {
  const left = await cleanUp(client, ours).then(
    () => undefined,
    (error: unknown) => `what the run made could not be removed: ${whyOf(error)}; ` + 'netwright clean removes it',
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
  requireWritable(config.reportsDir);
  // One error now, in place of one a node at the end of the run.
  if (config.ssh) await checkSshFiles(config.ssh);
  const acceptance = acceptanceOf(config);
  onProgress('connecting');
  const looked = await lookAt(config, kubeconfig, signal);
  for (const note of looked.participants.notes) onProgress(note);
  // From here on there is something to undo, which must not be cut short.
  const client = withSignal(looked.client, undefined);
  const lock = await acquireRunLock(client, `${runId} on ${hostname()}`, {
    signal,
    onWatch: (holder) => onProgress(`watching whether the run of ${holder} is alive`),
  });
  const prepared = config.probe.namespaces && Object.values(config.probe.namespaces);
  let finished: Promise<string | undefined> | undefined;
  const finish = () => (finished ??= finishWith(client, lock, { runId, prepared }));
  try {
    signal.throwIfAborted();
    const [leftOver, scaled, forwarding] = await Promise.all([
      cleanUp(client, { prepared }),
      restoreScaled(client),
      forwardingBefore(looked.topology.nodes, looked.targets.ssh, signal),
    ]);
    for (const each of scaled.restored) onProgress(`putting back ${each}, which a killed run had scaled`);
    for (const each of scaled.troubles) onTrouble(each);
    if (leftOver.length > 0) onProgress('waiting for the probes of an earlier run to go');
    const stuck = leftOver.length > 0 ? await waitForPodsGone(client, readyNodes(looked), { signal }) : [];
    const [rolledOut, isReached] = await Promise.all([
      rollOut(client, { config, runId, looked, onProgress, signal }),
      isWithinReach(looked, kubeconfig, signal),
    ]);
    const base = contextOf({ config, acceptance, runId, looked, rolledOut, kubeconfig, isReached });
    base.holes.push(...stuck.map(portsHeld), ...looked.holes, ...knownHoles(base, looked.participants));
    const context = withCanary(base, rolledOut.made);
    const recorder = recordingOf(context, rolledOut);
    for (const [node, { ipv4, ipv6 }] of forwarding) {
      recorder.fact({ source: 'ssh', node, key: 'ssh/forwarding-before', value: ipv4 });
      if (ipv6 !== undefined) recorder.fact({ source: 'ssh', node, key: 'ssh/ipv6-forwarding-before', value: ipv6 });
    }
    return { context, client, lock, recorder, finish };
  } catch (error) {
    const trouble = await finish();
    if (trouble) onTrouble(trouble);
    throw error;
  }
}
