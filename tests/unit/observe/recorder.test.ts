import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../helpers/model/observation.ts';
import { appendTo, Recorder } from '../../../helpers/observe/recorder.ts';

const turn = () => new Promise(setImmediate);
const note = (recorder: Recorder, value: number) =>
  recorder.fact({ source: 'runner', key: 'cost', value: { process: value, apiCalls: 0, execs: 0 } });

function recording(prefix = 's') {
  const handed: string[][] = [];
  const recorder = new Recorder((each: readonly Observation[]) => void handed.push(each.map(({ id }) => id)), prefix);
  return { recorder, handed };
}

describe('a recorder', () => {
  it('hands on what is recorded in one turn together, after the turn', async () => {
    const { recorder, handed } = recording();
    note(recorder, 1);
    note(recorder, 2);
    expect(handed).toEqual([]);
    await turn();
    note(recorder, 3);
    await turn();
    expect(handed).toEqual([['s1', 's2'], ['s3']]);
  });

  it('hands on at once what a flush asks for, and not again at the end of the turn', async () => {
    const { recorder, handed } = recording();
    note(recorder, 1);
    recorder.flush();
    expect(handed).toEqual([['s1']]);
    await turn();
    expect(handed).toEqual([['s1']]);
  });

  it('takes over what another recorded without counting it as its own', async () => {
    const [suites, run] = [recording('s'), recording('r')];
    note(run.recorder, 1);
    run.recorder.take([note(suites.recorder, 2), note(suites.recorder, 3)]);
    note(run.recorder, 4);
    await turn();
    expect(run.handed).toEqual([['r1', 's1', 's2', 'r2']]);
    expect(run.recorder.observations.map(({ id }) => id)).toEqual(['r1', 's1', 's2', 'r2']);
  });

  it('with a file as its sink adds a line an observation', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'netwright-recorder-'));
    try {
      const path = join(folder, 'observations.ndjson');
      const recorder = new Recorder(appendTo(path), 'r');
      note(recorder, 1);
      await turn();
      note(recorder, 2);
      recorder.flush();
      const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
      expect(lines.map((line) => (JSON.parse(line) as Observation).id)).toEqual(['r1', 'r2']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
