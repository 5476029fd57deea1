#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
// A checkout has scripts/; the published package has not.
const checkout = join(root, 'scripts', 'lib', 'checkout.js');

/** Options for this process' children, and theirs: Node itself takes no types out of files below node_modules. */
function stripTypes() {
  return `--disable-warning=ExperimentalWarning --import=${pathToFileURL(join(root, 'bin', 'strip-types.js')).href}`;
}

function runPackage() {
  const cache =
    process.env.NETWRIGHT_CACHE_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'netwright');
  const child = spawn(process.execPath, [join(root, 'cli', 'main.ts'), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: {
      NODE_COMPILE_CACHE: join(cache, 'compiled'),
      ...process.env,
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${stripTypes()}`.trim(),
      PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`,
    },
  });
  process.on('SIGINT', () => !process.stdin.isTTY && child.kill('SIGINT'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
}

if (existsSync(checkout)) {
  const { runFromCheckout } = await import(pathToFileURL(checkout).href);
  runFromCheckout('cli/main.ts', process.argv.slice(2));
} else {
  runPackage();
}
