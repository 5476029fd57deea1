import { readFileSync } from 'node:fs';
import { loadYaml } from '@kubernetes/client-node';
import { z } from 'zod';
import { catalogue } from '../diagnose/catalogue/index.ts';
import { NetwrightError } from '../errors.ts';
import { UNEXPLAINED, type AcceptedProblem } from '../model/accepted.ts';
import { currentCode } from '../model/former-codes.ts';

const CODES = new Set([...catalogue.map(({ code }) => code), UNEXPLAINED]);

const isDay = (text: string): boolean => {
  const [day] = /^\d{4}-\d{2}-\d{2}$/.exec(text) ?? [];
  return day !== undefined && !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
};

/** YAML reads an unquoted day as a time. */
const day = z.preprocess(
  (value) => (value instanceof Date ? value.toISOString().slice(0, 10) : value),
  z.string('expected a day as YYYY-MM-DD').refine(isDay, 'expected a day as YYYY-MM-DD'),
);

const word = (what: string) => z.string(`expected ${what}`).trim().min(1, `expected ${what}`);

const list = z.array(
  z.strictObject({
    code: word('the code of a finding')
      .transform(currentCode)
      .refine((code) => CODES.has(code), `expected the code of a finding (docs/findings), or ${UNEXPLAINED}`),
    place: word('a place as a report names it, or "*"'),
    reason: word('why it is accepted'),
    until: day,
  }),
  'expected a list of code, place, reason, until',
);

const invalid = (path: string, problem: string, cause?: unknown): NetwrightError =>
  new NetwrightError(`${path}: ${problem}`, {
    code: 'accepted-invalid',
    hint: 'each entry has code, place, reason and until; docs/nightly.md has an example',
    cause,
  });

/**
 * Reads what is accepted, a list in YAML or JSON. Throws `accepted-invalid` (exit code 2) with the entry and the field
 * that is wrong.
 */
export function readAccepted(path: string): AcceptedProblem[] {
  let value: unknown;
  try {
    const text = readFileSync(path, 'utf8');
    // A file of comments accepts nothing; the reader of YAML would call it empty.
    value = /^\s*[^\s#]/m.test(text) ? loadYaml(text) : [];
  } catch (cause) {
    const [first = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw invalid(path, first, cause);
  }
  const { data, error } = list.safeParse(value);
  if (data) return data;
  const [issue] = error.issues;
  const [index, field] = issue?.path ?? [];
  const at = typeof index === 'number' ? `entry ${index + 1}${field === undefined ? '' : `, ${String(field)}`}: ` : '';
  throw invalid(path, `${at}${issue?.message ?? 'not a list'}`);
}
