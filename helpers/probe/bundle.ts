import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readBundle, type Program } from '../bundle.ts';
import { NetwrightError } from '../errors.ts';
import { sourceExtension } from '../package-root.ts';

/** The API server refuses a ConfigMap above 1 MiB; the agent must stay well below. */
export const MAX_BUNDLE_BYTES = 512 * 1024;

/** CommonJS is read without the module loader's threads: main.ts may still set their number, and starts sooner. */
export const AGENT: Program = {
  entry: join(import.meta.dirname, 'agent', `main${sourceExtension}`),
  format: 'cjs',
  target: 'node20',
  minify: true,
};

let bundle: Promise<string> | undefined;

/**
 * The agent as one CommonJS file for Node 20 and later that imports nothing but Node's own modules. Built once a
 * process. Throws a NetwrightError when it cannot be built or would not fit a ConfigMap.
 */
export function bundleAgent(): Promise<string> {
  bundle ??= readBundle(AGENT).then(
    (code) => {
      const bytes = Buffer.byteLength(code);
      if (bytes <= MAX_BUNDLE_BYTES) return code;
      throw new NetwrightError(
        `the probe agent is ${bytes} bytes, more than the ${MAX_BUNDLE_BYTES} that a ConfigMap should carry`,
        { code: 'agent-bundle' },
      );
    },
    (cause: unknown) => {
      throw new NetwrightError('the probe agent could not be bundled', {
        code: 'agent-bundle',
        cause,
        hint: 'install Netwright anew: its own files seem incomplete',
      });
    },
  );
  return bundle;
}

/** SHA-256 in hexadecimal digits: annotation of the pods, so that another agent rolls them out anew. */
export const sha256Of = (code: string): string => createHash('sha256').update(code).digest('hex');
