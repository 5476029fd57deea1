import { readPodLog } from '../cluster/circumstances.ts';
import { readCorefile, readDnsAddress } from '../cluster/dns-objects.ts';
import { diagnose, nameOf, type Request } from '../diagnose/index.ts';
import type { FactObservation } from '../model/observation.ts';
import { tryConnectNode } from '../nodes/connection.ts';
import { collectNodeFacts } from '../nodes/facts.ts';
import { trySizes } from '../nodes/size-tried.ts';
import type { PreparedRun } from './prepare.ts';

/** A round that brings nothing new ends the search; two are enough for every cause in the catalogue. */
const MAX_ROUNDS = 2;

/** What a node that is not Ready does not say by then is not waited for. */
const SICK_TIMEOUT_MS = 12_000;
const isOfSickNode = (sets: readonly string[]): boolean => sets.includes('kubelet-log');

/** Reads sets of facts of a node by SSH, or all of them, and records the answers. Never throws for what SSH does. */
export async function readByShell(
  { context, recorder }: PreparedRun,
  node: string,
  sets: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<FactObservation[]> {
  const { ssh } = context.targets;
  const address = context.topology.nodes.find(({ name }) => name === node)?.internalIp;
  const unavailable = (why: string) => [
    recorder.fact({ source: 'ssh', node, key: 'ssh', value: null, notObserved: why }),
  ];
  if (!ssh || !address) return unavailable('SSH to the nodes is not configured');
  const connected = await tryConnectNode({ host: address, name: node, ...ssh, signal });
  if ('unavailable' in connected) return unavailable(connected.unavailable.message);
  try {
    const isSick = sets !== undefined && isOfSickNode(sets);
    const tried = isSick ? await trySizes(connected.connection, signal) : undefined;
    const sizes = tried ? [recorder.fact({ source: 'ssh', node, key: 'ssh/size-tried', value: tried })] : [];
    // What is longer than a packet would not come.
    if (tried?.largeCame === false) return sizes;
    const timeoutMs = isSick ? SICK_TIMEOUT_MS : undefined;
    const facts = await collectNodeFacts(connected.connection, node, { sets, signal, timeoutMs });
    return [...sizes, ...facts.map((fact) => recorder.fact(fact))];
  } finally {
    connected.connection.close();
  }
}

async function readLog(
  { client, recorder }: PreparedRun,
  { namespace, pod, container }: Extract<Request, { kind: 'pod-log' }>,
): Promise<FactObservation[]> {
  const log = await readPodLog(client, namespace, pod, container);
  return [
    recorder.fact({
      source: 'kubernetes',
      key: 'pod-log',
      ...(log.value === null
        ? { value: null, notObserved: `log of ${namespace}/${pod}: ${log.notObserved}` }
        : { value: { namespace, pod, text: log.value } }),
    }),
  ];
}

async function read(run: PreparedRun, request: Request, signal: AbortSignal): Promise<FactObservation[]> {
  const { client, recorder } = run;
  switch (request.kind) {
    case 'ssh-facts':
      return readByShell(run, request.node, request.sets, signal);
    case 'pod-log':
      return readLog(run, request);
    case 'dns-address':
      return [
        recorder.fact({
          source: 'kubernetes',
          key: 'dns-address',
          ...(await readDnsAddress(client, request.address)),
        }),
      ];
    case 'corefile':
      return [
        recorder.fact({ source: 'kubernetes', key: 'corefile', ...(await readCorefile(client, request.namespace)) }),
      ];
  }
}

/**
 * Reads what would settle the diagnosis' candidates, and only that: nodes over SSH, logs of pods, and the API's objects
 * of CoreDNS. Records the answers. Without SSH, or when a node refuses the login, they stay candidates.
 */
export async function targetedRounds(run: PreparedRun, signal: AbortSignal): Promise<void> {
  const asked = new Set<string>();
  for (let round = 0; round < MAX_ROUNDS && !signal.aborted; round += 1) {
    const open = new Map(
      diagnose(run.recorder.observations)
        .requests.filter(({ kind }) => kind !== 'ssh-facts' || run.context.targets.ssh)
        .map((request) => [nameOf(request), request]),
    );
    const requests = [...open].filter(([name]) => !asked.has(name)).map(([, request]) => request);
    if (requests.length === 0) break;
    for (const request of requests) asked.add(nameOf(request));
    await Promise.all(requests.map((request) => read(run, request, signal)));
  }
}
