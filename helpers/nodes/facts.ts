import { randomUUID } from 'node:crypto';
import { redact, redactText } from '../redact.ts';
import { readFact, type FactValue, type Reading } from '../model/facts.ts';
import type { SshSection } from '../model/facts/ssh.ts';
import type { NodeConnection } from './connection.ts';
import { runOnNode } from './exec.ts';
import { buildScript, readSection, sectionBytes, type SectionResult } from './facts/script.ts';
import type { NodeFactSet, Section } from './facts/section.ts';
import { SECTIONS } from './facts/sections.ts';

export interface CollectOptions {
  /** Names of sets (`links`, `firewall`) or of single facts (`ip-link`); when absent all that any node is asked for. */
  sets?: readonly string[];
  /** For the whole reading of one node. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** Twenty-odd quick programs; a loaded node with thousands of rules has been seen to need several seconds. */
const TIMEOUT_MS = 60_000;

/** Of one node, whatever its sections may have each: many nodes are read at once. A usual node says 1 MiB. */
const MAX_READING_BYTES = 16 * 1024 * 1024;
/** A section's errors are kept as a line of 300 characters. */
const MAX_STDERR_BYTES = 256 * 1024;

/** What only a node that is not Ready is asked for. */
const OF_SICK_NODES: NodeFactSet = 'kubelet';

/** A fact of a node, before it is recorded. */
export type NodeFact = { source: 'ssh'; node: string; key: SshSection } & Reading<FactValue<SshSection>>;

function valueOf(
  section: Section,
  result: Exclude<SectionResult, { notApplicable: true }>,
): Reading<FactValue<SshSection>> {
  if ('notObserved' in result) return { value: null, notObserved: redactText(result.notObserved) };
  try {
    // Checked once more as it is recorded: taking out secrets may have changed its shape.
    const value = section.parse(result.output);
    return readFact(`ssh/${section.key}`, section.isCounters ? value : redact(value));
  } catch (error) {
    return {
      value: null,
      notObserved:
        'its output could not be read: ' +
        (error instanceof Error ? redactText(error.message).slice(0, 200) : 'unknown'),
    };
  }
}

/**
 * Reads the facts of one node in one session, without writing anything there. One fact a section, its key
 * `ssh/<section>`; a section that could not be read is a fact with `notObserved`, one that does not apply to the node
 * is left out. Secrets are taken out before anything is returned. Never throws for what SSH or the node does.
 */
export async function collectNodeFacts(
  connection: NodeConnection,
  node: string,
  { sets, timeoutMs = TIMEOUT_MS, signal }: CollectOptions = {},
): Promise<NodeFact[]> {
  const sections = SECTIONS.filter(({ set, key }) =>
    sets ? sets.includes(set) || sets.includes(key) : set !== OF_SICK_NODES,
  );
  const marker = `netwright-${randomUUID()}`;
  const wanted = sections.reduce((sum, section) => sum + sectionBytes(section), 1024 * 1024);
  const run = await runOnNode(connection, 'sh -s', {
    timeoutMs,
    signal,
    maxBytes: Math.min(wanted, MAX_READING_BYTES),
    maxStderrBytes: MAX_STDERR_BYTES,
    stdin: buildScript(sections, marker),
  });
  const ended = run.outcome === 'exited' || run.outcome === 'killed';
  return sections.flatMap((section): NodeFact[] => {
    const result: SectionResult = ended
      ? readSection(section, marker, run.stdout, run.stderr)
      : { notObserved: `SSH: ${run.reason}` };
    if ('notApplicable' in result) return [];
    return [{ source: 'ssh', node, key: `ssh/${section.key}`, ...valueOf(section, result) }];
  });
}
