import { request as httpRequest, type ClientRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyFrom, PROOF_HEADER, settingsFrom } from '../identity.ts';
import { makeProof } from '../proof.ts';
import { WATCH_PATH } from './responder.ts';

/** The agent that serves may have been started a moment ago. */
const AGAIN_MS = 200;

/** Hands a plan to the agent that serves on this machine; its lines go to `write` as they come. */
function handOver(plan: string, write: (text: string) => void): { request: ClientRequest; ended: Promise<void> } {
  const { tcpPort } = settingsFrom(process.env);
  const headers = { [PROOF_HEADER]: makeProof(keyFrom(process.env)).toString('hex') };
  const request = httpRequest({ host: '127.0.0.1', port: tcpPort, path: WATCH_PATH, method: 'POST', headers });
  const ended = new Promise<void>((resolve) => {
    request.on('response', (response) => {
      response.setEncoding('utf8').on('data', write);
      response.on('close', resolve);
      response.on('error', () => resolve());
    });
    request.on('error', () => resolve());
    request.on('close', resolve);
  });
  request.end(plan);
  return { request, ended };
}

/** A plan that is followed until another takes its place. */
class Following {
  readonly #plan: string;
  readonly #write: (text: string) => void;
  #request: ClientRequest | undefined;
  #isOver = false;

  constructor(plan: string, write: (text: string) => void) {
    this.#plan = plan;
    this.#write = write;
    void this.#follow();
  }

  stop(): void {
    this.#isOver = true;
    this.#request?.destroy();
  }

  async #follow(): Promise<void> {
    while (!this.#isOver) {
      const { request, ended } = handOver(this.#plan, this.#write);
      this.#request = request;
      await ended;
      await sleep(AGAIN_MS);
    }
  }
}

/**
 * Reads plans, a line each, has the agent of this pod follow the newest, and writes what it tells. It only carries: the
 * streams are the agent's, and go on when this ends.
 */
export async function relayWatch(plans: AsyncIterable<string>, write: (text: string) => void): Promise<void> {
  let current: Following | undefined;
  for await (const plan of plans) {
    if (plan.trim() === '') continue;
    current?.stop();
    current = new Following(plan, write);
  }
  current?.stop();
}
