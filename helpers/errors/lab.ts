import { ExitCode } from './exit-code.ts';
import type { ErrorDocument } from './document.ts';

/** The lab. */
export const labErrors = {
  'machine-unfit': {
    exit: ExitCode.usage,
    meaning: 'this machine cannot run the lab; what is missing, and why it is needed, is listed',
    remedy: 'give it what is listed, or point Netwright at a cluster of your own',
  },
  'setup-failed': {
    exit: ExitCode.internal,
    meaning: 'a step of the set-up failed; the end of its output is shown',
    remedy: 'start again: it goes on from there',
  },
  'lab-name': {
    exit: ExitCode.usage,
    meaning: 'the name cannot name a lab',
    remedy: 'lower-case letters, digits and dashes, beginning with a letter',
  },
  'lab-topology': {
    exit: ExitCode.usage,
    meaning: 'there is no such topology',
    remedy: '`small`, `incident`, or a number of nodes',
  },
  'lab-make': {
    exit: ExitCode.usage,
    meaning: 'a lab has no such make, or not this value of it',
    remedy: '`netwright lab makes` lists them with their values',
  },
  'lab-exists': {
    exit: ExitCode.usage,
    meaning: 'a lab of that name is there already',
    remedy: '`netwright lab down`, or another name',
  },
  'lab-unknown': {
    exit: ExitCode.usage,
    meaning: 'there is no lab of that name',
    remedy: 'see the names that are listed',
  },
  'lab-did-not-start': {
    exit: ExitCode.internal,
    meaning: 'the lab did not come up',
    remedy: 'try again on a machine that is less busy',
  },
  'lab-node-unknown': {
    exit: ExitCode.usage,
    meaning: 'the lab has no such node',
    remedy: 'see the names that are listed',
  },
  'lab-node-down': {
    exit: ExitCode.inconclusive,
    meaning: 'the node is not running',
    remedy: 'take the lab down and bring it up again',
  },
  'lab-node-gone': {
    exit: ExitCode.inconclusive,
    meaning: "the node's process has ended",
    remedy: 'take the lab down and bring it up again',
  },
  'lab-runner-namespace': {
    exit: ExitCode.inconclusive,
    meaning: "nothing can be started in the lab's runner namespace",
    remedy: '`netwright lab status`',
  },
  'lab-fault-unknown': {
    exit: ExitCode.usage,
    meaning: 'there is no such fault',
    remedy: '`netwright lab fault list`',
  },
  'lab-fault-node': {
    exit: ExitCode.usage,
    meaning: 'the lab has no such node',
    remedy: 'see the names that are listed',
  },
  'lab-fault-place': {
    exit: ExitCode.usage,
    meaning: 'the fault is between two nodes, and one was named twice',
    remedy: 'name two nodes by `--from` and `--to`',
  },
  'lab-fault-network': {
    exit: ExitCode.usage,
    meaning: 'the fault is one of a network plugin that the lab does not run',
    remedy: 'bring a lab up with `--network`, as the message says',
  },
  'lab-fault-failed': {
    exit: ExitCode.internal,
    meaning: 'a step of putting a fault in failed on the lab; what was done before it is undone',
    remedy: 'see the step in the message: the lab may lack what it breaks',
  },
  'lab-migrate': {
    exit: ExitCode.usage,
    meaning: 'the lab cannot be switched, or switched back',
    remedy: 'a lab with flannel that is up and has no fault in force; `--back` for one that was switched',
  },
  'lab-migrate-state': {
    exit: ExitCode.usage,
    meaning: 'there is no such half-way state',
    remedy: 'see the names that are listed',
  },
} as const satisfies Record<string, ErrorDocument>;
