/** How a stream of lines ended: the far end's own exit, the transport's loss, or our own abort. */
export type StreamOutcome =
  | { outcome: 'exited'; code: number }
  | { outcome: 'lost'; at: string; reason: string }
  | { outcome: 'aborted'; reason: string };

/** A duplex stream of lines to an agent: an exec in a pod, a child process, or an agent in this process. */
export interface LineStream {
  /** Sends one line; the line end is added. May throw or reject when the stream has ended. */
  send(line: string): void | Promise<void>;
  /** The lines that come back, without line ends, until the stream ends. Read once. */
  lines: AsyncIterable<string>;
  /** The last of what the agent wrote to its standard error, where there is one. */
  stderrTail?(): string;
  /** Ends the agent's input, upon which it ends by itself. */
  end(): void;
  /** Never rejects. */
  outcome: Promise<StreamOutcome>;
}

/** The outcome in words, for a reason. */
export function describeOutcome(outcome: StreamOutcome): string {
  if (outcome.outcome === 'exited') return `the agent ended with code ${outcome.code}`;
  if (outcome.outcome === 'lost') return `the connection to the agent was lost (${outcome.at}): ${outcome.reason}`;
  return `aborted: ${outcome.reason}`;
}
