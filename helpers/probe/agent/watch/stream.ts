import type { StreamSigns, WatchStream } from '../../watch-protocol.ts';
import { longLived, type Connection } from './long-lived.ts';
import { newConnection } from './new-connection.ts';
import { inOwnDomain } from './own-domain.ts';
import { Turns } from './turns.ts';

/** Many streams that begin together are spread over their interval by their names. */
const phaseOf = (id: string, intervalMs: number): number =>
  Array.from(id).reduce((sum, sign) => (sum * 31 + (sign.codePointAt(0) ?? 0)) % 9_973, 7) % intervalMs;

/** A new connection for each turn; none waits for another's answer. */
function byNewConnections(stream: WatchStream, turns: Turns, session: AbortSignal): Connection {
  const ask = newConnection(stream);
  return {
    turn: (turn) => void ask(session).then((sign) => turns.decide(turn, sign)),
    close: () => {},
  };
}

const asAsked = (stream: WatchStream): WatchStream =>
  stream.spec.kind === 'dns' ? { ...stream, spec: { ...stream.spec, name: inOwnDomain(stream.spec.name) } } : stream;

/** A stream under way: asks at each turn of its interval, until it is stopped. */
export class RunningStream {
  readonly asked: WatchStream;
  readonly #turns: Turns;
  readonly #connection: Connection;
  readonly #session = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: WatchStream) {
    this.asked = stream;
    const own = asAsked(stream);
    const startMs = performance.now() + phaseOf(stream.id, stream.intervalMs);
    this.#turns = new Turns(startMs, stream.intervalMs);
    this.#connection = stream.isLongLived
      ? longLived(own, this.#turns)
      : byNewConnections(own, this.#turns, this.#session.signal);
    this.#schedule(startMs);
  }

  /** What it saw and has not told. */
  tell(): StreamSigns | undefined {
    const told = this.#turns.tell();
    return told && { id: this.asked.id, ...told };
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#turns.end();
    this.#session.abort();
    this.#connection.close();
  }

  #schedule(atMs: number): void {
    this.#timer = setTimeout(() => this.#turn(), Math.max(0, Math.ceil(atMs - performance.now())));
  }

  #turn(): void {
    const nowMs = performance.now();
    const turn = Math.max(0, this.#turns.at(nowMs));
    this.#turns.begin(turn);
    this.#connection.turn(turn, nowMs);
    this.#schedule(this.#turns.startOf(turn + 1));
  }
}
