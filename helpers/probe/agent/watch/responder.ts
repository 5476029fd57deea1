import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WatchLine, WatchPlan } from '../../watch-protocol.ts';
import { readObject } from '../json.ts';
import { Watch, type Reader } from './watch.ts';

/** Where an agent takes a plan, from its own machine alone. */
export const WATCH_PATH = '/watch';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);
/** Far above the plan of any agent. */
const MOST_BYTES = 1024 * 1024;

const isPlan = (value: unknown): value is WatchPlan =>
  typeof value === 'object' &&
  value !== null &&
  Array.isArray((value as WatchPlan).streams) &&
  typeof (value as WatchPlan).since === 'number';

async function readPlan(request: IncomingMessage): Promise<WatchPlan | undefined> {
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) {
    text += chunk.toString('utf8');
    if (text.length > MOST_BYTES) return undefined;
  }
  const plan: unknown = readObject(text);
  return isPlan(plan) ? plan : undefined;
}

let watch: Watch | undefined;

/**
 * Takes a plan and answers with a line of what was seen, twice a second, until the client goes or another comes. Only
 * who is on this machine may have it ask anything: others get status 403.
 */
export async function answerWatch(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const isOwn = LOOPBACK.has(request.socket.remoteAddress ?? '');
  const plan = isOwn ? await readPlan(request) : undefined;
  if (!plan) {
    response.writeHead(isOwn ? 400 : 403, { connection: 'close' }).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson', connection: 'close' });
  const reader: Reader = {
    line: (line: WatchLine) => void response.write(`${JSON.stringify(line)}\n`),
    end: () => void response.end(),
  };
  watch ??= new Watch();
  const running = watch;
  response.on('close', () => running.leave(reader));
  running.take(plan, reader);
}

/** Ends what is watched: the agent closes its ports. */
export const stopWatch = (): void => watch?.stop();
