import type { FactValue } from '../../model/facts.ts';
import type { SshSection } from '../../model/facts/ssh.ts';
import type { KernelModule } from './kernel-modules.ts';

/** Groups that a caller may ask for by themselves. */
export type NodeFactSet =
  | 'links'
  | 'routes'
  | 'firewall'
  | 'conntrack'
  | 'kernel'
  | 'sockets'
  | 'cni'
  | 'k3s'
  | 'kubelet';

/** Keys of facts of the script, without their `ssh/`. */
export type SectionName = SshSection extends `ssh/${infer Name}` ? Name : never;

/** The script's source, independent of its output. */
export interface ScriptSection {
  /** Key of the fact, without its `ssh/`. */
  key: string;
  /** The program without which the section cannot be read. */
  needs?: string;
  /** Only root sees all of it, and the program does not say so to others. */
  rootOnly?: true;
  /** The kernel module that must be loaded already, so that reading does not load it. */
  module?: KernelModule;
  /** What a POSIX shell runs; it only reads. */
  command: string;
  /** Counters of the kernel alone: no secret is among them, though the name of one may sound like it. */
  isCounters?: true;
  /** More output than this is cut off, and then not a fact where it is JSON. */
  maxBytes?: number;
}

interface SectionOf<Name extends SectionName> extends ScriptSection {
  key: Name;
  set: NodeFactSet;
  parse: (output: string) => FactValue<`ssh/${Name}`>;
}

/** A part of the script, and the reader that makes the value of the fact of its key. */
export type Section = { [Name in SectionName]: SectionOf<Name> }[SectionName];

/** Exit status of a section that does not apply to this node: no fact comes of it. */
export const NOT_APPLICABLE = 66;
