import { readAgentLine } from './agent-line.ts';
import { describeOutcome, type LineStream } from './line-stream.ts';
import type { Batch, ProbeResult, Strain } from './protocol.ts';

export interface BatchOutcome {
  results: Map<string, ProbeResult>;
  /** Ids of what was asked and not answered, in the order of the batch. */
  missing: string[];
  /** Why the answers stopped before all had come. */
  lost?: string;
  /** How busy the agent's node was, if the agent said so at the batch's end. */
  strain?: Strain;
}

export interface RunBatchOptions {
  /** For the whole batch, its transport included. */
  timeoutMs: number;
  signal?: AbortSignal;
}

interface Waiting {
  batch: Batch;
  results: Map<string, ProbeResult>;
  finish: (lost?: string) => void;
  strain?: Strain;
}

/** How long `close` waits for an agent to end by itself. */
const CLOSE_WAIT_MS = 2000;

const textOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));

/**
 * An agent that answers batches over one stream, several at a time. Never throws for the network or the transport:
 * results from before a loss are kept, missing ones are named.
 */
export class ProbeSession {
  readonly #stream: LineStream;
  readonly #waiting = new Map<string, Waiting>();
  #sent = 0;
  /** Why the agent gives no more answers. */
  #ended: string | undefined;
  /**
   * The first line that was no answer, or the last of the agent's errors: it often says why the agent does not work.
   */
  #stranger: string | undefined;
  readonly #reading: Promise<void>;

  constructor(stream: LineStream) {
    this.#stream = stream;
    this.#reading = this.#read();
  }

  /** Resolves when the agent has answered all, has refused, is lost, or after `timeoutMs`. */
  async runBatch(batch: Batch, { timeoutMs, signal }: RunBatchOptions): Promise<BatchOutcome> {
    if (signal?.aborted) return this.#outcome(batch, new Map(), `aborted: ${textOf(signal.reason)}`);
    if (this.#ended !== undefined) return this.#outcome(batch, new Map(), this.#ended);
    const results = new Map<string, ProbeResult>();
    // Unique on the wire, so that a late answer to an abandoned batch never counts for the next one.
    this.#sent += 1;
    const wireId = `${this.#sent}:${batch.batch}`;
    const { promise, resolve: finish } = Promise.withResolvers<string | undefined>();
    const waiting: Waiting = { batch, results, finish };
    this.#waiting.set(wireId, waiting);
    const timer = setTimeout(() => finish(`no end of the batch within ${timeoutMs} ms`), timeoutMs);
    const onAbort = () => finish(`aborted: ${textOf(signal?.reason)}`);
    signal?.addEventListener('abort', onAbort);
    try {
      this.#send({ ...batch, batch: wireId }, finish);
      const outcome = this.#outcome(batch, results, await promise);
      return waiting.strain ? { ...outcome, strain: waiting.strain } : outcome;
    } finally {
      this.#waiting.delete(wireId);
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Ends the agent's input and waits a little for it to end. */
  async close(): Promise<void> {
    this.#stream.end();
    const timer = new AbortController();
    const waited = new Promise<void>((resolve) => {
      const handle = setTimeout(resolve, CLOSE_WAIT_MS);
      timer.signal.addEventListener('abort', () => clearTimeout(handle));
    });
    await Promise.race([this.#reading, waited]);
    timer.abort();
  }

  #send(batch: Batch, finish: Waiting['finish']): void {
    try {
      // Not awaited after the batch's end: a blocked stream must not delay it.
      void Promise.resolve(this.#stream.send(JSON.stringify(batch))).catch((error: unknown) =>
        finish(`the batch could not be sent: ${textOf(error)}`),
      );
    } catch (error) {
      finish(`the batch could not be sent: ${textOf(error)}`);
    }
  }

  #outcome(batch: Batch, results: Map<string, ProbeResult>, lost: string | undefined): BatchOutcome {
    const missing = batch.probes.map(({ id }) => id).filter((id) => !results.has(id));
    const reason = lost !== undefined && this.#stranger !== undefined ? `${lost}; it said: ${this.#stranger}` : lost;
    return { results, missing, ...(reason !== undefined && { lost: reason }) };
  }

  #hear(line: string): void {
    const answer = readAgentLine(line);
    if (!answer) {
      if (line.trim() !== '') this.#stranger ??= line.slice(0, 200);
      return;
    }
    const waiting = this.#waiting.get(answer.batch);
    if ('refused' in answer) {
      const text = `the agent refused the batch: ${answer.refused}`;
      // A line without its batch's name is damaged: its probe is unknown.
      for (const each of waiting ? [waiting] : answer.batch === '' ? this.#waiting.values() : []) each.finish(text);
    } else if (waiting && 'done' in answer) {
      waiting.strain = answer.strain;
      waiting.finish();
    } else if (waiting && 'id' in answer && waiting.batch.probes.some(({ id }) => id === answer.id)) {
      waiting.results.set(answer.id, { ...answer, batch: waiting.batch.batch });
    }
  }

  async #read(): Promise<void> {
    try {
      for await (const line of this.#stream.lines) this.#hear(line);
      this.#ended = describeOutcome(await this.#stream.outcome);
      this.#stranger ??= this.#stream.stderrTail?.().trim().split('\n').at(-1)?.trim().slice(0, 200) || undefined;
    } catch (error) {
      this.#ended = `the agent's answers could not be read: ${textOf(error)}`;
    }
    for (const { finish } of this.#waiting.values()) finish(this.#ended);
  }
}
