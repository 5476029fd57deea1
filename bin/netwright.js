#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 19);
}

/** The published package: built, in this process. */
async function runPackage() {
  if (!isNewEnough(process.versions.node)) {
    process.stderr.write(`error: Netwright needs Node 22.19 or newer; this is ${process.versions.node}\n`);
    process.exit(2);
  }
  // A run loads some hundred modules in each of its processes: compiled once, they load in half the time.
  const cache =
    process.env.NETWRIGHT_CACHE_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'netwright');
  process.env.NODE_COMPILE_CACHE ??= join(cache, 'compiled');
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
  await import('../dist/cli/main.js');
}

// A checkout has scripts/, which the package does not ship; it runs its TypeScript as it is.
if (existsSync(join(root, 'scripts'))) {
  const { runFromCheckout } = await import('../scripts/lib/checkout.js');
  runFromCheckout('cli/main.ts', process.argv.slice(2));
} else {
  await runPackage();
}
