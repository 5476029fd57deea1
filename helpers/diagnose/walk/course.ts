import type { Connection } from '../../model/facts/ssh.ts';
import type { Rule } from '../../model/firewall.ts';
import type { Choices } from './choices.ts';
import { connectionOf, type Flow } from './flow.ts';
import type { NodeIndex } from './node-index.ts';
import type { End, Line, Packet, Path, Stage, Stop } from './packet.ts';

/** One way of a packet while it is walked: the packet as it is now, and what has happened to it. */
export class Course {
  readonly index: NodeIndex;
  readonly choices: Choices;
  packet: Packet;
  mark: number;
  /** The rule that gave it its mark. */
  markedBy?: Line;
  connectionMark = 0;
  /** Devices as rules see them; empty where there is none. */
  inDevice = '';
  outDevice = '';
  /** The gateway of the route that was taken; undefined on the link itself. */
  nextHop?: string;
  /** Ports of a bridge, for what crosses one; undefined where it is not known which. */
  inPort?: string = '';
  outPort?: string = '';
  isBridged = false;
  /** Within a bridge's own chains, to which its ports are the devices. */
  isAtPorts = false;
  /** Sent by the node itself. */
  isOwn = false;
  /** Came by the loopback: it has been routed and tracked as it was sent. */
  isLooped = false;
  flow?: Flow;
  notTracked = false;
  zone = 0;
  stages: Stage[] = [];
  readonly gaps: string[] = [];
  readonly hits: Rule[] = [];
  /** Those of them that let it go by what stands behind them, or change its mark. */
  readonly sways: Line[] = [];
  readonly mayHit: Rule[] = [];
  readonly inner: Packet[] = [];
  readonly innerConnections: Connection[] = [];

  constructor(index: NodeIndex, choices: Choices, packet: Packet) {
    this.index = index;
    this.choices = choices;
    this.packet = { ...packet };
    this.mark = packet.mark ?? 0;
  }

  /** What the node keeps of the flow. */
  get connection(): Connection | undefined {
    return connectionOf(this.flow, this.packet, this.zone);
  }

  /** The packet within another from here on, which goes its own way. */
  wrap(outer: Packet): void {
    const { connection } = this;
    if (connection) this.innerConnections.push(connection);
    this.inner.push(this.packet);
    Object.assign(this, { packet: outer, flow: undefined, inDevice: '', notTracked: false, zone: 0 });
  }

  /** What is remembered of now, to come back to by calling it. */
  bookmark(): () => void {
    const { packet, mark, markedBy, connectionMark, notTracked, zone, flow } = this;
    const kept = flow && { ...flow };
    const lists = [this.stages, this.hits, this.sways, this.mayHit, this.gaps].map(
      (list) => [list, list.length] as const,
    );
    return () => {
      Object.assign(this, { packet, mark, markedBy, connectionMark, notTracked, zone, flow: kept });
      for (const [list, length] of lists) list.length = length;
    };
  }

  /** What rules may change without ending the packet, in a form that can be compared. */
  get condition(): string {
    const { mark, connectionMark, notTracked, zone, packet, flow } = this;
    const settled = [flow?.isDestinationSet, flow?.isSourceSet];
    return JSON.stringify([mark, connectionMark, notTracked, zone, packet, settled]);
  }

  note(at: Stage['at'], what: string, line?: Line): void {
    this.stages.push({ at, what, line });
  }

  /** Something that has a say was not read. */
  miss(what: string): void {
    if (!this.gaps.includes(what)) this.gaps.push(what);
  }

  stop(kind: Stop, at: Stage['at'], line: Line, how?: string): End {
    this.note(at, how === undefined ? kind : `${kind} with ${how}`, line);
    return { kind, packet: this.packet, line, with: how };
  }

  unknown(why: string, line?: Line): End {
    return { kind: 'unknown', packet: this.packet, why, ...(line && { line }) };
  }

  toPath(end: End): Path {
    return {
      stages: this.stages,
      end,
      choices: this.choices.made.map(({ choice, taken }) => ({ ...choice, taken })),
      gaps: this.gaps,
      hits: this.hits,
      sways: this.sways,
      mayHit: this.mayHit,
      inner: this.inner,
      connection: this.connection,
      innerConnections: this.innerConnections,
    };
  }
}
