import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { NetwrightError } from '../errors.ts';
import { OBSERVATION_VERSION, type Observation } from '../model/observation.ts';

const place = z.looseObject({
  network: z.enum(['pod', 'host', 'runner', 'ssh']).optional(),
  node: z.string().optional(),
  pod: z.string().optional(),
  ip: z.string().optional(),
  port: z.number().optional(),
  name: z.string().optional(),
});
const frame = { v: z.literal(OBSERVATION_VERSION), id: z.string(), at: z.string() };

/** What readers rely on; more fields may be there, and are kept. */
const observationSchema = z.discriminatedUnion('type', [
  z.looseObject({
    ...frame,
    type: z.literal('probe'),
    suite: z.string(),
    kind: z.string(),
    role: z.string(),
    source: place,
    destination: place,
    asked: z.record(z.string(), z.unknown()),
    verdict: z.enum(['pass', 'fail', 'inconclusive']),
    attempts: z.number(),
    succeeded: z.number(),
    durationMs: z.number(),
    got: z.record(z.string(), z.unknown()),
  }),
  z.looseObject({ ...frame, type: z.literal('fact'), source: z.string(), key: z.string(), value: z.unknown() }),
]);

const isObservation = (value: unknown): value is Observation => observationSchema.safeParse(value).success;

function parsed(line: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(line) as unknown };
  } catch {
    return undefined;
  }
}

function bad(path: string, lineNumber: number, problem: string): NetwrightError {
  return new NetwrightError(`${path}, line ${lineNumber}: ${problem}`, {
    code: 'observations-invalid',
    hint: 'each line is one observation as JSON, as a run writes them to observations.ndjson',
  });
}

function readLine(path: string, line: string, lineNumber: number, cut: boolean): Observation[] {
  const json = parsed(line);
  // A process that was killed leaves its last line unfinished.
  if (!json && cut) return [];
  if (!json) throw bad(path, lineNumber, 'expected one JSON object, got something that is not JSON');
  const { value } = json;
  const version: unknown = typeof value === 'object' && value !== null && 'v' in value ? value.v : undefined;
  if (version !== OBSERVATION_VERSION)
    throw bad(
      path,
      lineNumber,
      `expected an observation of version ${OBSERVATION_VERSION}, got version ${JSON.stringify(version) ?? 'none'}`,
    );
  if (isObservation(value)) return [value];
  const issue = observationSchema.safeParse(value).error?.issues[0];
  throw bad(
    path,
    lineNumber,
    `field ${issue?.path.join('.') || '(whole line)'}: ${issue?.message ?? 'not an observation'}`,
  );
}

/**
 * Reads observations back, as a run wrote them. A last line that was cut off is left out. Throws `observations-invalid`
 * (exit code 2) with file, line and what was expected, or `observations-unreadable`.
 */
export function readObservations(path: string): Observation[] {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new NetwrightError(
      `could not read the observations ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        code: 'observations-unreadable',
        hint: 'name the observations.ndjson of a run, in its folder under reports/',
        cause,
      },
    );
  }
  const lines = content.split('\n');
  const cut = !content.endsWith('\n');
  const end = lines.findLastIndex((line) => line.trim() !== '');
  return lines
    .slice(0, end + 1)
    .flatMap((line, index) => (line.trim() === '' ? [] : readLine(path, line, index + 1, cut && index === end)));
}
