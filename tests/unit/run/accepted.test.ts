import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { AcceptedProblem } from '../../../helpers/model/accepted.ts';
import type { Observation } from '../../../helpers/model/observation.ts';
import { attributed } from '../../../helpers/report/attributed.ts';
import type { RunReport } from '../../../helpers/report/run-report.ts';
import { knownProblems } from '../../../helpers/report/history/known-problem.ts';
import { renderJunit } from '../../../helpers/report/junit.ts';
import { renderMarkdown } from '../../../helpers/report/markdown.ts';
import { renderTerminal } from '../../../helpers/report/terminal.ts';
import { withAccepted } from '../../../helpers/run/accepted.ts';
import { readAccepted } from '../../../helpers/run/accepted-file.ts';
import { runVerdict } from '../../../helpers/run/verdict.ts';
import { filtered, recorded, refusing, reportOn } from '../report/recorded-report.ts';

const closed = recorded('nodeport-blocked-outside/all');
const entry: AcceptedProblem = {
  code: 'nodeport-blocked-outside',
  place: '*',
  reason: 'closed outside on purpose',
  until: '2026-12-31',
};
const TODAY = '2026-03-01';

function accepting(seen: readonly Observation[], all: readonly AcceptedProblem[], today = TODAY): RunReport {
  const report = reportOn(seen);
  const symptoms = report.symptoms.map((each) => ({ ...each, fullName: each.title, durationMs: 0 }));
  const accepted = withAccepted({ ...report, symptoms }, seen, all, today);
  return {
    ...report,
    ...accepted,
    ...attributed(accepted.symptoms, accepted.findings, seen, report.cluster.nodes),
    verdict: runVerdict(accepted.symptoms, accepted.findings, report.holes),
  };
}

describe('an accepted finding', () => {
  const report = accepting(closed, [entry]);

  test('is shown and does not fail, nor do the symptoms that follow from it alone', () => {
    expect(reportOn(closed).verdict).toBe('unhealthy');
    expect(report.verdict).toBe('healthy');
    expect(report.findings.map(({ code }) => code)).toContain('nodeport-blocked-outside');
    const screen = renderTerminal(report, closed);
    expect(screen).toMatch(/^HEALTHY {2}no symptom was found but \d+ that (is|are) accepted/);
    expect(screen).toContain(
      'accepted      nodeport-blocked-outside at *, until 2026-12-31: closed outside on purpose',
    );
    expect(renderMarkdown(report, closed)).toContain('- **accepted**: nodeport-blocked-outside at *');
    expect(renderJunit(report)).toContain('failures="0"');
    expect(renderJunit(report)).toContain('accepted until 2026-12-31: closed outside on purpose');
  });

  test('fails again on the day after its last', () => {
    expect(accepting(closed, [entry], '2026-12-31').verdict).toBe('healthy');
    const late = accepting(closed, [entry], '2027-01-01');
    expect(late.verdict).toBe('unhealthy');
    expect(renderTerminal(late, closed)).toContain('it was accepted until 2026-12-31');
  });

  test('at one place leaves the same at another as it is', () => {
    const [finding] = reportOn(filtered).findings;
    const { from, to } = finding?.locations[0] ?? {};
    const one = { ...entry, code: 'vxlan-port-filtered-in-path', place: `${from} -> ${to}` };
    const partly = accepting(filtered, [one]);
    expect(partly.verdict).toBe('unhealthy');
    expect(partly.findings[0]?.accepted).toBeUndefined();
    expect(accepting(filtered, [{ ...one, place: '* -> *' }]).verdict).toBe('healthy');
  });

  test('does not cover what fails beside it', () => {
    const both = refusing(filtered);
    const all = { ...entry, code: 'vxlan-port-filtered-in-path' };
    const beside = accepting(both, [all]);
    expect(beside.verdict).toBe('unhealthy');
    expect(renderTerminal(beside, both)).toMatch(/^UNHEALTHY {2}k3s-worker-01:443 refuses https/);
  });

  test('does not cover a loss that nothing explains', () => {
    const seen = recorded('nodeport-blocked-outside/one-node');
    const beside = accepting(seen, [entry]);
    expect(beside.verdict).toBe('unhealthy');
    expect(renderTerminal(beside, seen)).toMatch(/^UNHEALTHY {2}1 symptom, no proved cause/);
    expect(knownProblems(beside).map(({ code, place }) => `${code} at ${place}`)).toEqual([
      'nodeport-blocked-outside at k3s-worker-02',
      'unexplained at coredns: the resolver that a node is given answers the node and its pods',
    ]);
  });

  test('that is not there is said, so that its entry may go', () => {
    const other = accepting(closed, [{ ...entry, code: 'hairpin-off' }]);
    expect(other.verdict).toBe('unhealthy');
    expect(other.acceptances).toMatchObject([{ state: 'not-found' }]);
  });
});

describe('the file of what is accepted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'netwright-accepted-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const reading = (text: string) => {
    const path = join(folder, 'accepted.yaml');
    writeFileSync(path, text);
    return readAccepted(path);
  };
  const whole = 'code: hairpin-off, place: "*", reason: known, until: 2026-12-31';

  test('is a list in YAML, whose days need no quotes', () => {
    expect(reading(`- {${whole}}`)).toEqual([
      { code: 'hairpin-off', place: '*', reason: 'known', until: '2026-12-31' },
    ]);
    expect(reading('# nothing\n')).toEqual([]);
  });

  test.each([
    [`- {${whole.replace('hairpin-off', 'hairpin-of')}}`, 'entry 1, code: expected the code of a finding'],
    [`- {${whole.replace('2026-12-31', '2026-02-30')}}`, 'entry 1, until: expected a day as YYYY-MM-DD'],
    [`- {${whole.replace(', until: 2026-12-31', '')}}`, 'entry 1, until: expected a day as YYYY-MM-DD'],
    [`- {${whole.replace('known', '" "')}}`, 'entry 1, reason: expected why it is accepted'],
    [`- {${whole}, because: x}`, 'entry 1: '],
    ['code: hairpin-off', 'expected a list'],
    ['- {', 'accepted.yaml: '],
  ])('with something wrong is refused, and says where: %s', (text, message) => {
    expect(() => reading(text)).toThrow(expect.objectContaining({ code: 'accepted-invalid', exitCode: 2 }));
    expect(() => reading(text)).toThrow(message);
  });
});
