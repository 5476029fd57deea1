import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { FactObservation } from '../../../helpers/model/observation.ts';
import { ExitCode, NetwrightError } from '../../../helpers/errors.ts';
import { readObservations } from '../../../helpers/report/observations-file.ts';
import { mesh } from './mesh.ts';

const folder = mkdtempSync(join(tmpdir(), 'netwright-observations-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = join(folder, 'observations.ndjson');
const fact: FactObservation = {
  v: 2,
  type: 'fact',
  id: 'f1',
  source: 'probe',
  node: 'n',
  key: 'routes',
  value: null,
  notObserved: 'no probe',
  at: '2026-03-01T10:00:00.000Z',
};

function refusal(content: string): NetwrightError {
  writeFileSync(file, content);
  try {
    readObservations(file);
  } catch (error) {
    if (error instanceof NetwrightError) return error;
    throw error;
  }
  throw new Error('the file was taken');
}

describe('observations.ndjson', () => {
  test('what was written is read back the same', () => {
    const observations = [...mesh(), fact];
    writeFileSync(file, observations.map((observation) => `${JSON.stringify(observation)}\n`).join(''));
    expect(readObservations(file)).toEqual(observations);
  });

  test('a last line that was cut off is left out, the rest is kept', () => {
    const line = JSON.stringify(fact);
    writeFileSync(file, `${line}\n${line.slice(0, 40)}`);
    expect(readObservations(file)).toEqual([fact]);
  });

  test('a recording of version 1 is read as one of version 2', () => {
    const now = mesh();
    const then = now.map(({ crosses: _crosses, ...probe }) => ({ ...probe, v: 1 }));
    writeFileSync(file, then.map((probe) => `${JSON.stringify(probe)}\n`).join(''));
    expect(readObservations(file)).toEqual(now);
  });

  test('a field of a later version is kept', () => {
    writeFileSync(file, `${JSON.stringify({ ...fact, new: 1 })}\n`);
    expect(readObservations(file)).toEqual([{ ...fact, new: 1 }]);
  });

  test.each([
    [
      'a line that is not JSON',
      `${JSON.stringify(fact)}\nnonsense\n${JSON.stringify(fact)}\n`,
      'line 2: expected one JSON object, got something that is not JSON',
    ],
    [
      'a last line that is whole and not JSON',
      `${JSON.stringify(fact)}\nnonsense\n`,
      'line 2: expected one JSON object',
    ],
    [
      'another version',
      `${JSON.stringify({ ...fact, v: 3 })}\n`,
      'line 1: expected an observation of version 1 or 2, got version 3',
    ],
    ['another document', '{"a":1}\n', 'line 1: expected an observation of version 1 or 2, got version none'],
    [
      'a field of the wrong type',
      `\n${JSON.stringify({ ...fact, at: 5 })}\n`,
      'line 2: field at: Invalid input: expected string, received number',
    ],
    [
      'a verdict that does not exist',
      `${JSON.stringify({ ...mesh()[0], verdict: 'maybe' })}\n`,
      'line 1: field verdict: ',
    ],
    [
      'a role that no suite has',
      `${JSON.stringify({ ...mesh()[0], role: 'tcp-smal' })}\n`,
      'line 1: field role: Invalid option: ',
    ],
    [
      'an answer that its kind does not have',
      `${JSON.stringify({ ...mesh()[0], got: { clientAddress: 5 } })}\n`,
      'line 1: field got.clientAddress: Invalid input: expected string, received number',
    ],
    [
      'a question of another kind',
      `${JSON.stringify({ ...mesh()[0], asked: { protocol: 'udp', name: 'a' } })}\n`,
      'line 1: field asked.protocol: Invalid input: expected "tcp"',
    ],
    [
      'a probe of version 1 without a suite',
      `${JSON.stringify(fact)}\n${JSON.stringify({ ...mesh()[0], v: 1, suite: undefined })}\n`,
      'line 2: field suite: Invalid input: expected string, received undefined',
    ],
  ])('%s is refused with file and line', (_, content, expected) => {
    const error = refusal(content);
    expect([error.code, error.exitCode]).toEqual(['observations-invalid', ExitCode.usage]);
    expect(error.message).toContain(`${file}, ${expected}`);
  });

  test.each([
    ['links', [{ name: 'eth0', addresses: 'none' }], 'value.0.addresses'],
    ['ssh/ip-rule', [{ family: 'ipv4', priority: 'first', action: 'lookup' }], 'value.0.priority'],
    ['counters-rise', { devices: { eth0: { rx_packets: null } } }, 'value.devices.eth0.rx_packets'],
    ['lnks', [], 'key'],
  ])('a fact %s with a wrong value is refused with its line and field', (key, value, field) => {
    const wrong = { ...fact, key, value, notObserved: undefined };
    const error = refusal(`${JSON.stringify(fact)}\n${JSON.stringify(wrong)}\n`);
    expect(error).toMatchObject({ code: 'observations-invalid', exitCode: ExitCode.usage });
    expect(error.message).toContain(`line 2: field ${field}: `);
  });

  test('a file that is not there is named', () => {
    expect(() => readObservations(join(folder, 'none'))).toThrow(
      `could not read the observations ${folder}/none: ENOENT`,
    );
  });
});
