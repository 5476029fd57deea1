import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const interrupts = fileURLToPath(new URL('../../../helpers/run/interrupts.ts', import.meta.url));
/** Would stay for ever, and has a thread that never comes to an end. */
const PROGRAM = `
import { Worker } from 'node:worker_threads';
const { onInterrupt } = await import(${JSON.stringify(interrupts)});
onInterrupt();
new Worker('for (;;);', { eval: true });
console.error('ready');
setInterval(() => {}, 1_000);
`;

test('a second Ctrl-C ends the process by that signal, while a thread of it is busy', async () => {
  const child = execa(process.execPath, ['--input-type=module', '-e', PROGRAM], { reject: false, stdin: 'ignore' });
  await once(child.stderr, 'data');
  child.kill('SIGINT');
  await once(child.stderr, 'data');
  child.kill('SIGINT');
  expect(await child).toMatchObject({
    signal: 'SIGINT',
    stderr: expect.stringContaining('once more to leave at once'),
  });
});
