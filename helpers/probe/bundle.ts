import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { NetwrightError } from '../errors.ts';

/** The API server refuses a ConfigMap above 1 MiB; the agent must stay well below. */
export const MAX_BUNDLE_BYTES = 512 * 1024;

const entry = fileURLToPath(new URL('./agent/main.ts', import.meta.url));

async function build(): Promise<string> {
  // Loaded when needed: commands that roll nothing out do not pay for it.
  const { rolldown } = await import('rolldown');
  const building = await rolldown({
    input: entry,
    platform: 'node',
    transform: { target: 'node20' },
    logLevel: 'silent',
  });
  try {
    // CommonJS is read without the module loader's threads, so main.ts may still set their number; and starts a little
    // sooner.
    const { output } = await building.generate({ format: 'cjs', minify: true });
    return output[0].code;
  } finally {
    await building.close();
  }
}

let bundle: Promise<string> | undefined;

/**
 * The agent as one CommonJS file for Node 20 and later that imports nothing but Node's own modules. Built once a
 * process. Throws a NetwrightError when it cannot be built or would not fit a ConfigMap.
 */
export function bundleAgent(): Promise<string> {
  bundle ??= build().then(
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
