import { readFileSync } from 'node:fs';
import { NetwrightError } from '../errors.ts';
import { factSchema } from '../model/fact-observation.ts';
import { OBSERVATION_VERSION, type Observation } from '../model/observation.ts';
import { probeSchema } from '../model/probe-observation.ts';
import { observationOfVersion1, upgrade, type ObservationOfVersion1 } from './version-1/upgrade.ts';

/** What a schema makes of a value: only whether it fits is asked, so that fields of a later version are kept. */
interface Fits {
  safeParse: (value: unknown) => { error?: { issues: { path: PropertyKey[]; message: string }[] } };
}

/** Position of a line, for the person who has to correct it. */
interface Line {
  path: string;
  number: number;
  value: unknown;
}

function bad({ path, number }: Pick<Line, 'path' | 'number'>, problem: string): NetwrightError {
  return new NetwrightError(`${path}, line ${number}: ${problem}`, {
    code: 'observations-invalid',
    hint: 'each line is one observation as JSON, as a run writes them to observations.ndjson',
  });
}

function mustFit(schema: Fits, value: unknown, line: Line): void {
  const issue = schema.safeParse(value).error?.issues[0];
  if (issue) throw bad(line, `field ${issue.path.join('.') || '(whole line)'}: ${issue.message}`);
}

function parsed(line: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(line) as unknown };
  } catch {
    return undefined;
  }
}

const fieldOf = (value: unknown, field: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;

function linesOf(path: string, content: string): Line[] {
  const texts = content.split('\n');
  const isCut = !content.endsWith('\n');
  const end = texts.findLastIndex((text) => text.trim() !== '');
  return texts.slice(0, end + 1).flatMap((text, index): Line[] => {
    if (text.trim() === '') return [];
    const json = parsed(text);
    const line = { path, number: index + 1 };
    // A process that was killed leaves its last line unfinished.
    if (!json && isCut && index === end) return [];
    if (!json) throw bad(line, 'expected one JSON object, got something that is not JSON');
    return [{ ...line, value: json.value }];
  });
}

/** Lines of the version of today; those of version 1 are upgraded, together, since one says what another means. */
function upgraded(lines: Line[]): Line[] {
  const old = lines.filter(({ value }) => fieldOf(value, 'v') === 1);
  for (const line of old) mustFit(observationOfVersion1, line.value, line);
  const values = upgrade(old.map(({ value }) => value as ObservationOfVersion1));
  const byLine = new Map(old.map((line, index) => [line, values[index]]));
  return lines.flatMap((line) => {
    const value = byLine.has(line) ? byLine.get(line) : line.value;
    return value === undefined ? [] : [{ ...line, value }];
  });
}

function observationIn(line: Line): Observation {
  const { value } = line;
  const version = fieldOf(value, 'v');
  if (version !== OBSERVATION_VERSION)
    throw bad(
      line,
      `expected an observation of version 1 or ${OBSERVATION_VERSION}, ` +
        `got version ${JSON.stringify(version) ?? 'none'}`,
    );
  mustFit(fieldOf(value, 'type') === 'probe' ? probeSchema : factSchema, value, line);
  return value as Observation;
}

/**
 * Reads the text of an observations.ndjson, of version 1 or 2; `path` names it in errors, which count lines from 1. A
 * last line that was cut off is left out. Throws `observations-invalid` (exit code 2) with line, field and what was
 * expected.
 */
export const observationsIn = (content: string, path: string): Observation[] =>
  upgraded(linesOf(path, content)).map(observationIn);

/** Reads observations back, as a run wrote them: as `observationsIn`, or throws `observations-unreadable`. */
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
  return observationsIn(content, path);
}
