import { createInterface } from 'node:readline';
import { endNow } from './end.ts';
import { settingsFrom } from './identity.ts';
import { serve } from './serve.ts';
import { runSession } from './session.ts';
import { relayWatch } from './watch/relay.ts';

/** getaddrinfo holds a thread while name servers are silent; with Node's four, lookups would wait for each other. */
process.env['UV_THREADPOOL_SIZE'] ??= '32';

/** An uncaught error is reported and the agent goes on: its probe is missing, the others continue. */
process.on('uncaughtException', (error) => process.stderr.write(`netwright agent: ${error.stack ?? error.message}\n`));

/** As a container's first process it has no default action for signals; nothing here needs time to end. */
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, endNow);

async function session(): Promise<void> {
  // A client that has gone cannot be notified.
  process.stdout.on('error', endNow);
  await runSession(createInterface({ input: process.stdin, crlfDelay: Infinity }), (line) =>
    process.stdout.write(`${JSON.stringify(line)}\n`),
  );
  process.stdout.write('', endNow);
}

async function watch(): Promise<void> {
  process.stdout.on('error', endNow);
  await relayWatch(createInterface({ input: process.stdin, crlfDelay: Infinity }), (text) =>
    process.stdout.write(text),
  );
  process.stdout.write('', endNow);
}

const [mode] = process.argv.slice(2);
if (mode === 'serve') {
  void serve(settingsFrom(process.env));
} else if (mode === 'session') {
  void session();
} else if (mode === 'watch') {
  void watch();
} else {
  process.stderr.write('usage: agent serve | session | watch\n');
  process.exitCode = 2;
}
