import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../helpers/package-root.ts';

/**
 * The Node that goes into the lab's images: the npm package's, whose binary needs no more than the C and C++ libraries;
 * else this one.
 */
export function nodeBinary(): string {
  const packaged = join(packageRoot, 'node_modules/node/bin/node');
  return existsSync(packaged) ? packaged : process.execPath;
}
