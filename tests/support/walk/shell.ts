import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomBytes } from 'node:crypto';

/** A process in a network namespace that answers in turn: a line in, text up to a mark out. */
class Session {
  readonly #process: ChildProcessWithoutNullStreams;
  #text = '';
  #wake: () => void = () => undefined;
  #isOver = false;

  constructor(namespace: string, command: string[]) {
    this.#process = spawn('nsenter', [`--net=/run/netns/${namespace}`, ...command]);
    this.#process.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#text += text;
      this.#wake();
    });
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => process.stderr.write(text));
    this.#process.on('exit', () => {
      this.#isOver = true;
      this.#wake();
    });
  }

  /** What is printed after some input, up to a mark. */
  async ask(input: string, mark: string): Promise<string> {
    this.#process.stdin.write(input);
    while (!this.#text.includes(mark)) {
      if (this.#isOver) throw new Error(`the process in the namespace is gone: ${this.#text.slice(-500)}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const at = this.#text.indexOf(mark);
    const before = this.#text.slice(0, at);
    this.#text = this.#text.slice(at + mark.length);
    return before;
  }

  end(): void {
    this.#process.stdin.end();
  }
}

/** A shell in a network namespace. */
export class Shell {
  readonly #session: Session;

  constructor(namespace: string) {
    this.#session = new Session(namespace, ['sh']);
  }

  /** What commands print, and errors among it; never throws for what they end with. */
  async run(script: string): Promise<string> {
    const mark = `--${randomBytes(8).toString('hex')}--`;
    return this.#session.ask(`{ ${script}\n} 2>&1 </dev/null; echo '${mark}'\n`, `${mark}\n`);
  }

  end(): void {
    this.#session.end();
  }
}

export interface Sent {
  protocol: 'tcp' | 'udp';
  source?: string;
  sourcePort: number;
  destination: string;
  destinationPort: number;
  /** With its IP header; only UDP. */
  bytes: number;
}

/** Sends datagrams and first packets of connections from a network namespace. */
export class Sender {
  readonly #session: Session;

  constructor(namespace: string) {
    this.#session = new Session(namespace, [process.execPath, new URL('sender-process.ts', import.meta.url).pathname]);
  }

  /** Returns when they are on their way. */
  async send(packets: readonly Sent[]): Promise<void> {
    if (packets.length > 0) await this.#session.ask(`${JSON.stringify(packets)}\n`, 'sent\n');
  }

  end(): void {
    this.#session.end();
  }
}
