import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The Node that goes into the lab's images: the npm package's, whose binary needs no more than the C and C++ libraries;
 * else this one.
 */
export function nodeBinary(): string {
  const packaged = fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url));
  return existsSync(packaged) ? packaged : process.execPath;
}
