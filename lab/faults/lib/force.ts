import { ExecaError } from 'execa';
import { NetwrightError } from '../../../helpers/errors.ts';
import { currentCode } from '../../../helpers/model/former-codes.ts';
import { kubectlFor } from '../../kubectl.ts';
import { readState } from '../../state.ts';
import { labStatus } from '../../status.ts';
import { inEdge, inFabric, inNetwork, nodeNamed, onNode, type Reach } from './commands.ts';
import { FaultContext } from './context.ts';
import { FAULTS } from '../index.ts';
import { readFaults, writeFaults, type Recorded, type Undo } from './record.ts';
import { waitUntilSound } from './sound.ts';
import type { InForce, LabFault, Where } from './types.ts';

/** The lab of a name as commands of faults reach it. */
export async function reachOf(lab: string): Promise<Reach> {
  const [status, { kubectl }] = await Promise.all([labStatus(lab), readState(lab)]);
  return { status, kubectl: kubectlFor(lab, kubectl) };
}

/** The fault of an id. Throws a usage error when there is none. */
export function faultOf(id: string): LabFault {
  const fault = FAULTS.find((candidate) => candidate.id === currentCode(id));
  if (fault) return fault;
  const near = FAULTS.filter((candidate) => candidate.id.startsWith(id.split('/')[0] ?? id)).map(
    (candidate) => candidate.id,
  );
  throw new NetwrightError(`there is no fault ${id}`, {
    code: 'lab-fault-unknown',
    hint: near.length > 0 ? `there are ${near.join(', ')}` : 'netwright lab fault list',
  });
}

/** Throws a usage error where the lab's network, or its families, cannot have the fault. */
function refuseOtherNetwork({ id, networks, families }: LabFault, { status: { name, settings } }: Reach): void {
  if (families?.includes(settings.families) === false)
    throw new NetwrightError(`the lab ${name} cannot have the fault ${id}: its families are ${settings.families}`, {
      code: 'lab-fault-network',
      hint: `bring one up that can: netwright lab up --make families=${families.join(' or ')}`,
    });
  if (networks?.includes(settings.network) === false)
    throw new NetwrightError(`the lab ${name} cannot have the fault ${id}: its network is ${settings.network}`, {
      code: 'lab-fault-network',
      hint: `bring one up that can: netwright lab up --network ${networks.join(' or ')}`,
    });
}

/** Fills in what was not said: the last two nodes, which are workers in every topology with two of them. */
function placeOf({ id, takes }: LabFault, reach: Reach, where: Where): Where {
  const names = reach.status.nodes.map(({ name }) => name);
  if (takes === 'node') return { node: nodeNamed(reach, where.node ?? (names.at(-1) as string)).name };
  if (takes === 'none') return {};
  const from = nodeNamed(reach, where.from ?? names.findLast((name) => name !== where.to) ?? '').name;
  const to = nodeNamed(reach, where.to ?? names.findLast((name) => name !== from) ?? '').name;
  if (from === to)
    throw new NetwrightError(`${id} takes two nodes, and both are ${from}`, {
      code: 'lab-fault-place',
      hint: 'say --from and --to',
    });
  return { from, to };
}

async function undoStep(reach: Reach, { on, node = '', argv, input }: Undo): Promise<void> {
  if (on === 'fabric') await inFabric(reach, argv, input);
  else if (on === 'edge') await inEdge(reach, argv, input);
  else if (on === 'node') await onNode(reach, node, argv, input);
  else if (on === 'node-network') await inNetwork(reach, node, argv, input);
  else await reach.kubectl(argv, input);
}

/** Takes back what was recorded, newest first. */
export async function undoAll(reach: Reach, recorded: Pick<Recorded, 'undo'>): Promise<void> {
  // What cannot be undone was never done, or is gone with what held it.
  for (const step of recorded.undo.toReversed()) await undoStep(reach, step).catch(() => {});
}

/**
 * Puts a fault into a running lab, beside those already in force, and resolves when it is in effect. What was half done
 * is undone when it fails.
 */
export async function injectFault(lab: string, id: string, where: Where = {}): Promise<InForce> {
  const fault = faultOf(id);
  const reach = await reachOf(lab);
  refuseOtherNetwork(fault, reach);
  const faults = await readFaults(lab);
  const entry: Recorded = {
    id,
    code: fault.code,
    where: placeOf(fault, reach, where),
    expected: [],
    number: (faults.at(-1)?.number ?? 0) + 1,
    undo: [],
  };
  faults.push(entry);
  const context = new FaultContext(reach, entry.number, async (undo) => {
    entry.undo.push(undo);
    await writeFaults(lab, faults);
  });
  try {
    entry.where = { ...entry.where, ...(await fault.inject(context, entry.where)) };
    entry.expected = fault.expected(entry.where);
    await writeFaults(lab, faults);
  } catch (error) {
    await undoAll(reach, entry);
    await writeFaults(lab, faults.slice(0, -1));
    if (error instanceof NetwrightError || !(error instanceof ExecaError)) throw error;
    throw new NetwrightError(`the fault ${id} could not be put into the lab ${lab}: ${error.shortMessage}`, {
      code: 'lab-fault-failed',
      hint: `it is undone; labs of the network ${reach.status.settings.network} may not have what it breaks`,
      cause: error,
    });
  }
  return {
    id,
    code: entry.code,
    where: entry.where,
    expected: entry.expected,
    ...(fault.also && { also: fault.also }),
  };
}

/** What is in force in a lab, oldest first. */
export async function faultsInForce(lab: string): Promise<InForce[]> {
  return (await readFaults(lab)).map(({ id, code, where, expected }) => ({ id, code, where, expected }));
}

/** Mends everything in force, newest first, and resolves when the lab is sound again. Throws when it is not. */
export async function healFaults(lab: string): Promise<InForce[]> {
  const reach = await reachOf(lab);
  const healed = await faultsInForce(lab);
  for (let faults = await readFaults(lab); faults.length > 0; faults = faults.slice(0, -1)) {
    await undoAll(reach, faults.at(-1) as Recorded);
    await writeFaults(lab, faults.slice(0, -1));
  }
  await waitUntilSound(reach);
  return healed;
}
