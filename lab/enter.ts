import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { NetwrightError } from '../helpers/errors.ts';
import { namespaceOf } from './paths.ts';
import { inNetns } from './run-in.ts';
import { labSsh } from './ssh.ts';
import { labStatus, type LabNodeStatus } from './status.ts';

/** A node of a lab that is running. Throws a usage error for one that does not exist or does not run. */
export async function runningNode(lab: string, name: string): Promise<LabNodeStatus & { pid: number }> {
  const { nodes } = await labStatus(lab);
  const node = nodes.find((candidate) => candidate.name === name);
  if (!node) {
    throw new NetwrightError(`the lab ${lab} has no node ${name}`, {
      code: 'lab-node-unknown',
      hint: `nodes there: ${nodes.map((each) => each.name).join(', ')}`,
    });
  }
  if (node.pid === null) {
    throw new NetwrightError(`the node ${name} of the lab ${lab} is not running`, {
      code: 'lab-node-down',
      hint: `netwright lab down --name ${lab}, then up again`,
    });
  }
  return { ...node, pid: node.pid };
}

/** The command line that runs `argv` in all namespaces of a node. */
export function inNode({ pid }: { pid: number }, argv: string[]): string[] {
  return ['nsenter', `--target=${pid}`, '--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--', ...argv];
}

/** Runs a command with this terminal. Resolves to its exit code. */
export async function attach(argv: string[]): Promise<number> {
  const [file = '', ...args] = argv;
  const child = spawn(file, args, { stdio: 'inherit' });
  // The terminal's Ctrl-C is the command's.
  const ignore = () => {};
  process.on('SIGINT', ignore);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', ignore);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

/** The command line of an SSH login on a node, from the lab's runner, by the lab's own key and known hosts only. */
export async function sshCommand(lab: string, name: string, argv: string[]): Promise<string[]> {
  const { address } = await runningNode(lab, name);
  const { user, privateKeyPath, knownHostsPath } = labSsh(lab);
  const options = [
    '-F',
    'none',
    '-i',
    privateKeyPath,
    '-o',
    'IdentitiesOnly=yes',
    '-o',
    `UserKnownHostsFile=${knownHostsPath}`,
    '-o',
    'StrictHostKeyChecking=yes',
  ];
  return inNetns(namespaceOf(lab, 'runner'), ['ssh', ...options, `${user}@${address}`, ...argv]);
}
