import { expect, test } from 'vitest';
import { openReportOf } from '../../../helpers/report/open-report.ts';
import { outageReport } from './sample.ts';

const [finding] = outageReport.findings;
const countsOf = (report: Parameters<typeof openReportOf>[0]) => openReportOf(report).summary;

test('A ClusterReport counts a proved cause as failed, a candidate and what is accepted as warnings', () => {
  const bare = { ...outageReport, symptoms: [] };
  expect(countsOf(bare)).toMatchObject({ fail: outageReport.findings.length, warn: 0 });
  if (!finding) throw new Error('the sample has a finding');
  const candidate = { ...finding, confidence: 'candidate' as const };
  const accepted = { ...finding, accepted: { code: finding.code, place: '*', reason: 'known', until: '2099-01-01' } };
  expect(countsOf({ ...bare, findings: [candidate, accepted] })).toMatchObject({ fail: 0, warn: 2 });
});

test('A ClusterReport says of each symptom what it was, what could not be observed as an error', () => {
  const symptom = outageReport.symptoms[0];
  if (!symptom) throw new Error('the sample has symptoms');
  const symptoms = (['pass', 'fail', 'inconclusive', 'skipped'] as const).map((verdict) => ({ ...symptom, verdict }));
  const { results, summary } = openReportOf({ ...outageReport, findings: [], symptoms });
  expect(results.map(({ result }) => result)).toEqual(['pass', 'fail', 'error', 'skip']);
  expect(summary).toEqual({ pass: 1, fail: 1, warn: 0, error: 1, skip: 1 });
});

test('A ClusterReport stays small enough for etcd however much failed', () => {
  const symptoms = Array.from({ length: 5_000 }, (_, index) => ({
    suite: 'pod-to-pod',
    title: `symptom ${index}`,
    verdict: 'fail' as const,
    text: 'x'.repeat(10_000),
    observations: [],
    followsFrom: [],
  }));
  expect(JSON.stringify(openReportOf({ ...outageReport, symptoms })).length).toBeLessThan(1_000_000);
});
