import type { DnsSpec, HttpSpec } from './protocol.ts';

/**
 * What a watch says to an agent that stays, and hears from it. The agent asks by itself, so that what it saw while
 * nobody could read it is told later. Imported by the agent's bundle too: types only.
 */

/** One path that is asked again and again. */
export interface WatchStream {
  id: string;
  /** Over one connection, or one socket, that stays; a new one for each request otherwise. */
  isLongLived: boolean;
  intervalMs: number;
  spec: (Omit<HttpSpec, 'id' | 'timeoutMs'> | Omit<DnsSpec, 'id' | 'timeoutMs'>) & { timeoutMs: number };
  /** What the body of an answer has to contain. */
  expect?: string;
  /**
   * What goes over a kept connection that its server closes without an answer is sent once more over a new one, as
   * HTTP clients do with a GET (RFC 9112, 9.3.1).
   */
  asksAgain?: true;
}

/** A line to an agent: all that it is to ask from now on. */
export interface WatchPlan {
  streams: WatchStream[];
  /** The agent whose lines were read so far, and the last of them: it tells those after it. */
  agent?: string;
  since: number;
}

/**
 * What one stream saw: a sign for each of its turns, the first of which was at `fromMs` by the agent's own clock. `.`
 * answered, `t` no answer in time, `r` refused, `x` the connection broke, `w` another answer than that of the canary,
 * `o` anything else; `~` a request of a long-lived connection that waits for longer than it may; `-` nothing was sent,
 * which says nothing of the network.
 */
export interface StreamSigns {
  id: string;
  fromMs: number;
  signs: string;
}

/** A line of an agent, twice a second. */
export interface WatchLine {
  /** Which process of the agent it is: one that was made anew has a clock of its own, and counts from 1 again. */
  agent: string;
  number: number;
  /** Its clock when the line was sent. */
  nowMs: number;
  /** For how long the agent itself was kept from running since its last line: what it lost then says little. */
  stallMs: number;
  seen: StreamSigns[];
}
