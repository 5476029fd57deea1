import { execa, type ResultPromise } from 'execa';
import type { LabBench } from '../bench.ts';

const PORT = 8_099;

/** Prints a line for what it is asked, and takes it. */
const SERVER = `
require('node:http').createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    console.log(JSON.stringify({ path: request.url, body }));
    response.end('ok');
  });
}).listen(${PORT}, '10.0.0.2', () => console.log('listening'));
`;

/** Who is told of runs: a real server at the lab's own runner. */
export class Receiver implements AsyncDisposable {
  readonly #child: ResultPromise;
  readonly #heard: { path: string; body: string }[] = [];

  private constructor(child: ResultPromise) {
    this.#child = child;
  }

  static async start({ status }: LabBench): Promise<Receiver> {
    const argv = ['netns', 'exec', status.runner, process.execPath, '-e', SERVER];
    const child = execa('ip', argv, { reject: false, stdin: 'ignore' });
    const receiver = new Receiver(child);
    const { promise, resolve } = Promise.withResolvers<void>();
    void (async () => {
      for await (const line of child) {
        if (line === 'listening') resolve();
        else receiver.#heard.push(JSON.parse(line) as { path: string; body: string });
      }
    })();
    await promise;
    return receiver;
  }

  url(path: string): string {
    return `http://10.0.0.2:${PORT}${path}`;
  }

  /** What came since the last time it was asked. */
  taken(): { path: string; body: string }[] {
    return this.#heard.splice(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill();
    await this.#child;
  }
}
