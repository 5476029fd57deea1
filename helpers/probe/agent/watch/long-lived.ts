import type { Socket } from 'node:dgram';
import http, { type ClientRequest } from 'node:http';
import https from 'node:https';
import { decode, encode, RECURSION_DESIRED } from 'dns-packet';
import type { DnsSpec, HttpSpec } from '../../protocol.ts';
import type { WatchStream } from '../../watch-protocol.ts';
import { connectDatagrams, sendDatagram } from '../datagram-socket.ts';
import { isExpected, proved } from './new-connection.ts';
import { signOf } from './sign.ts';
import type { Turns } from './turns.ts';

/** A connection on which nothing has come for so long is given up, and made anew. */
const PATIENCE_MS = 15_000;

/** What has one connection, or one socket, and asks over it at each turn. */
export interface Connection {
  /** A turn has come. */
  turn: (turn: number, nowMs: number) => void;
  close: () => void;
}

/** A request that is on its way over a connection that carries one at a time. */
interface OnItsWay {
  sentMs: number;
  turns: number[];
  request: ClientRequest;
}

/**
 * Requests over one connection of HTTP that stays. While one is on its way no other is sent: a turn that comes in that
 * time was not sent, until the request waits for longer than it may; then all of these waited.
 */
class HttpConnection implements Connection {
  readonly #turns: Turns;
  readonly #spec: Omit<HttpSpec, 'id'>;
  readonly #expect: string | undefined;
  readonly #agent: http.Agent;
  readonly #asksAgain: boolean;
  #way: OnItsWay | undefined;
  /** The connection broke since the last turn, with this sign. */
  #broken: string | undefined;

  constructor(stream: WatchStream, spec: Omit<HttpSpec, 'id'>, turns: Turns) {
    this.#turns = turns;
    this.#spec = proved(spec);
    this.#expect = stream.expect;
    this.#asksAgain = stream.asksAgain === true;
    this.#agent = new (spec.tls ? https : http).Agent({ keepAlive: true, maxSockets: 1 });
  }

  turn(turn: number, nowMs: number): void {
    const way = this.#way;
    if (!way) {
      if (this.#broken === undefined) this.#send(turn, nowMs);
      else this.#turns.decide(turn, this.#broken);
      this.#broken = undefined;
      return;
    }
    way.turns.push(turn);
    if (nowMs - way.sentMs < this.#spec.timeoutMs) return;
    // What has no connection yet is asked for one again, as a client with a time-out of its own does.
    if (way.request.socket?.connecting !== false) {
      this.#failed(way, 't');
      way.request.destroy();
      return;
    }
    for (const each of way.turns.splice(0)) this.#turns.decide(each, '~');
    if (nowMs - way.sentMs > PATIENCE_MS) way.request.destroy();
  }

  close(): void {
    this.#way?.request.destroy();
    this.#agent.destroy();
  }

  #send(turn: number, sentMs: number): void {
    const way: OnItsWay = { sentMs, turns: [turn], request: this.#request() };
    this.#way = way;
    this.#ask(way, this.#asksAgain);
  }

  #request(): ClientRequest {
    const { host, port, path, tls, serverName, hostHeader, headers } = this.#spec;
    return (tls ? https : http).request({
      agent: this.#agent,
      host,
      port,
      path,
      headers: { ...headers, ...(hostHeader && { host: hostHeader }), 'user-agent': 'netwright' },
      ...(tls && { servername: serverName, rejectUnauthorized: false }),
      autoSelectFamily: false,
    } as https.RequestOptions);
  }

  #ask(way: OnItsWay, mayAskAgain: boolean): void {
    const { request } = way;
    request.on('error', (error) => {
      const sign = signOf(error);
      const isInTime = performance.now() - way.sentMs < this.#spec.timeoutMs;
      // A server may close a connection that is kept at any time, also when a request is on its way to it.
      if (this.#way === way && mayAskAgain && request.reusedSocket && sign === 'x' && isInTime) {
        way.request = this.#request();
        this.#ask(way, false);
      } else this.#failed(way, sign);
    });
    request.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => {
        if (isExpected(response.statusCode, body, this.#expect)) this.#answered(way);
        else this.#failed(way, 'w');
      });
      response.on('error', (error) => this.#failed(way, signOf(error)));
    });
    request.end();
  }

  #answered(way: OnItsWay): void {
    if (this.#way !== way) return;
    this.#way = undefined;
    const [sent, ...waited] = way.turns;
    if (sent !== undefined) this.#turns.decide(sent, '.');
    for (const each of waited) this.#turns.decide(each, '-');
  }

  #failed(way: OnItsWay, sign: string): void {
    if (this.#way !== way) return;
    this.#way = undefined;
    const last = way.turns.pop();
    for (const each of way.turns) this.#turns.decide(each, '~');
    // One request was lost, however many turns it waited through.
    if (last === undefined) this.#broken = sign;
    else this.#turns.decide(last, sign);
  }
}

/** Questions to a name server by one socket, so by one entry of connection tracking; none waits for another. */
class DnsSocket implements Connection {
  readonly #turns: Turns;
  readonly #spec: Omit<DnsSpec, 'id'>;
  #socket: Promise<Socket> | undefined;
  readonly #asked = new Map<number, number>();
  #next = 1;

  constructor(spec: Omit<DnsSpec, 'id'>, turns: Turns) {
    this.#turns = turns;
    this.#spec = spec;
  }

  turn(turn: number): void {
    void this.#ask(turn).catch((error: unknown) => this.#turns.decide(turn, signOf(error)));
  }

  close(): void {
    void this.#socket?.then((socket) => socket.close()).catch(() => {});
  }

  async #ask(turn: number): Promise<void> {
    const { name, recordType: type, timeoutMs } = this.#spec;
    const socket = await (this.#socket ??= this.#open());
    const id = (this.#next = (this.#next % 65_535) + 1);
    this.#asked.set(id, turn);
    setTimeout(() => {
      this.#asked.delete(id);
      this.#turns.decide(turn, 't');
    }, timeoutMs);
    await sendDatagram(socket, encode({ id, type: 'query', flags: RECURSION_DESIRED, questions: [{ type, name }] }));
  }

  async #open(): Promise<Socket> {
    const socket = await connectDatagrams(this.#spec.host, this.#spec.port).catch((error: unknown) => {
      this.#socket = undefined;
      throw error;
    });
    socket.on('message', (datagram) => this.#hear(datagram));
    socket.on('error', (error) => {
      // ICMP's refusal is of the newest question.
      const newest = [...this.#asked.values()].at(-1);
      if (newest !== undefined) this.#turns.decide(newest, signOf(error));
    });
    return socket;
  }

  #hear(datagram: Buffer): void {
    try {
      const reply = decode(datagram) as ReturnType<typeof decode> & { rcode?: string };
      const turn = this.#asked.get(reply.id ?? 0);
      if (turn !== undefined) this.#turns.decide(turn, (reply.rcode ?? 'NOERROR') === 'NOERROR' ? '.' : 'w');
    } catch {
      // No answer to a question.
    }
  }
}

/** The connection of a long-lived stream. */
export const longLived = (stream: WatchStream, turns: Turns): Connection =>
  stream.spec.kind === 'dns' ? new DnsSocket(stream.spec, turns) : new HttpConnection(stream, stream.spec, turns);
