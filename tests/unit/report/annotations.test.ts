import { expect, test } from 'vitest';
import { annotationLines } from '../../../helpers/report/annotations.ts';
import { filtered, fixed, refusing, reportOn } from './recorded-report.ts';

test('Each finding has an annotation of its own, proved ones and what nothing explains as errors', () => {
  const lines = annotationLines(reportOn(refusing(filtered)));
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(
    /^::error title=the path drops UDP 8472%2C the overlay's port%3A from and to k3s-worker-02 /,
  );
  expect(lines[0]).toContain('%0Aremedy: Allow UDP 8472');
  expect(lines[1]).toMatch(/^::error title=k3s-worker-01%3A443 refuses https .*unexplained/);
});

test('A candidate is a warning, what is accepted has no annotation, and a healthy run has none', () => {
  const report = reportOn(filtered);
  const [finding] = report.findings;
  if (!finding) throw new Error('the sample has a finding');
  const accepted = { code: finding.code, place: '*', reason: 'known', until: '2099-01-01' };
  expect(annotationLines({ ...report, findings: [{ ...finding, confidence: 'candidate' }] })[0]).toMatch(/^::warning /);
  expect(annotationLines({ ...report, findings: [{ ...finding, accepted }] })).toEqual([]);
  expect(annotationLines(reportOn(fixed(filtered)))).toEqual([]);
});

test('Of many findings ten annotations are made, the last of which counts the rest', () => {
  const report = reportOn(filtered);
  const [finding] = report.findings;
  if (!finding) throw new Error('the sample has a finding');
  const many = Array.from({ length: 25 }, (_, index) => ({ ...finding, title: `number ${index}` }));
  const lines = annotationLines({ ...report, findings: many });
  expect(lines).toHaveLength(10);
  expect(lines.at(-1)).toBe('::warning title=and 16 more findings::summary.md has all of them');
});

test('Text of the cluster begins no command of its own and no second line', () => {
  const report = reportOn(filtered);
  const [finding] = report.findings;
  if (!finding) throw new Error('the sample has a finding');
  const lines = annotationLines({
    ...report,
    findings: [{ ...finding, title: 'a\n::set-output name=x::y\r::error::z\u001B[31m', remedy: '100%0A\n::stop' }],
  });
  expect(lines).toHaveLength(1);
  for (const sign of ['\n', '\r', '\u001B']) expect(lines[0]).not.toContain(sign);
  expect(lines[0]).toContain('100%250A');
});
