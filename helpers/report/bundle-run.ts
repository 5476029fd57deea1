import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { execa } from 'execa';
import { NetwrightError } from '../errors.ts';
import { redact, redactText } from '../redact.ts';
import { version } from '../version.ts';

/** What a run leaves that says something of the cluster; Allure's page holds the same once more. */
const TEXTS = ['summary.md', 'junit.xml'];
export const OBSERVATIONS = 'observations.ndjson';

/** As `redact`, and within texts as well. */
function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const [alone] = Object.values(redact({ [name]: inner }) as object) as unknown[];
      return [name, typeof alone === 'string' ? alone : withoutSecrets(inner)];
    }),
  );
}

const redactedLines = (text: string): string =>
  text
    .split('\n')
    .flatMap((line) => {
      if (line.trim() === '') return [];
      try {
        return [`${JSON.stringify(withoutSecrets(JSON.parse(line)))}\n`];
      } catch {
        // A process that was killed leaves its last line unfinished.
        return [];
      }
    })
    .join('');

/**
 * Packs a run's folder as one archive to hand to somebody: observations, report and texts, once more without what
 * looks like a secret, and the versions. Resolves to its path. Throws `observations-unreadable` for a folder that is
 * no run's.
 */
export async function bundleRun(folder: string, target: string): Promise<string> {
  const run = resolve(folder);
  if (!existsSync(join(run, OBSERVATIONS)))
    throw new NetwrightError(`${folder} is no folder of a run: it has no ${OBSERVATIONS}`, {
      code: 'observations-unreadable',
      hint: 'name a folder under reports/: netwright bundle reports/RUN',
    });
  const scratch = mkdtempSync(join(tmpdir(), 'netwright-bundle-'));
  const name = `netwright-${basename(run)}`;
  const inside = join(scratch, name);
  const read = (file: string) => readFileSync(join(run, file), 'utf8');
  try {
    mkdirSync(inside);
    writeFileSync(join(inside, OBSERVATIONS), redactedLines(read(OBSERVATIONS)));
    if (existsSync(join(run, 'report.json')))
      writeFileSync(
        join(inside, 'report.json'),
        `${JSON.stringify(withoutSecrets(JSON.parse(read('report.json'))), null, 2)}\n`,
      );
    for (const file of TEXTS)
      if (existsSync(join(run, file))) writeFileSync(join(inside, file), redactText(read(file)));
    writeFileSync(
      join(inside, 'versions.json'),
      `${JSON.stringify({ netwright: version(), node: process.version, platform: process.platform })}\n`,
    );
    const path = resolve(target, `${name}.tar.gz`);
    await execa('tar', ['-czf', path, '-C', scratch, name]);
    return path;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The observations in an archive of `bundleRun`. Throws `observations-unreadable` for any other. */
export async function observationsInBundle(path: string): Promise<string> {
  const { stdout, failed } = await execa('tar', ['-xzOf', path, '--wildcards', `*/${OBSERVATIONS}`], {
    reject: false,
    maxBuffer: 1024 * 1024 * 1024,
  });
  if (!failed) return `${stdout}\n`;
  throw new NetwrightError(`${path} holds no ${OBSERVATIONS}`, {
    code: 'observations-unreadable',
    hint: 'name an archive of netwright bundle, or the observations.ndjson of a run',
  });
}
