import { NetwrightError } from '../../../helpers/errors.ts';
import type { Kubectl } from '../../kubectl.ts';
import { inNetns, run } from '../../run-in.ts';
import type { LabNodeStatus, LabStatus } from '../../status.ts';

/** What commands of faults run in: a lab that is up. */
export interface Reach {
  status: LabStatus;
  kubectl: Kubectl;
}

/** A node of the lab. Throws a usage error that names those there are. */
export function nodeNamed({ status }: Reach, name: string): LabNodeStatus {
  const node = status.nodes.find((candidate) => candidate.name === name);
  if (node) return node;
  throw new NetwrightError(`the lab ${status.name} has no node ${name}`, {
    code: 'lab-fault-node',
    hint: `its nodes: ${status.nodes.map((each) => each.name).join(', ')}`,
  });
}

function pidOf(reach: Reach, name: string): string {
  const { pid } = nodeNamed(reach, name);
  if (pid === null)
    throw new NetwrightError(`the node ${name} of the lab ${reach.status.name} is not running`, {
      code: 'lab-node-gone',
      hint: `netwright lab down --name ${reach.status.name}`,
    });
  return String(pid);
}

const withInput = (input?: string) => (input === undefined ? {} : { stdin: 'pipe' as const, input });

/** Runs a command inside a node: its files, processes and network. */
export const onNode = (reach: Reach, node: string, argv: string[], input?: string): Promise<string> =>
  run(['nsenter', '-t', pidOf(reach, node), '-m', '-u', '-i', '-n', '-p', '--', ...argv], withInput(input));

/** Runs a command of this machine in a node's network only. */
export const inNetwork = (reach: Reach, node: string, argv: string[], input?: string): Promise<string> =>
  run(inNetns(nodeNamed(reach, node).namespace, argv), withInput(input));

/** Runs a command in the namespace of the bridge between the nodes. */
export const inFabric = (reach: Reach, argv: string[], input?: string): Promise<string> =>
  run(inNetns(reach.status.fabric, argv), withInput(input));

/** Runs a command where the load balancer and the outer resolver are. */
export const inEdge = (reach: Reach, argv: string[], input?: string): Promise<string> =>
  run(inNetns(reach.status.edge.namespace, argv), withInput(input));
