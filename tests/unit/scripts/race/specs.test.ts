import { describe, expect, it } from 'vitest';
import { FOCUS, readSpecs, SPECS, specsText } from '../../../../scripts/lib/race/specs.ts';

const it1 = (text: string, state: string, more = {}) => ({
  LeafNodeType: 'It',
  LeafNodeText: text,
  ContainerHierarchyTexts: ['[sig-network] DNS'],
  State: state,
  RunTime: 2_500_000_000,
  ...more,
});

describe('the report of ginkgo', () => {
  it('tells of the specs that were begun, with their times and why they failed', () => {
    const json = JSON.stringify([
      {
        SpecReports: [
          { LeafNodeType: 'BeforeSuite', LeafNodeText: '', ContainerHierarchyTexts: null, State: 'passed', RunTime: 1 },
          it1('should provide DNS', 'failed', { Failure: { Message: 'Unable to read' } }),
          it1('should do else', 'skipped'),
        ],
      },
    ]);
    expect(readSpecs(json)).toEqual([
      { name: '[sig-network] DNS should provide DNS', state: 'failed', ms: 2500, message: 'Unable to read' },
    ]);
  });

  it('is empty where no suite was begun', () => {
    expect(readSpecs('[]')).toEqual([]);
    expect(readSpecs('[{"SpecReports": null}]')).toEqual([]);
  });

  it('is told in a line, with the first failure and with what was not reached', () => {
    const spec = (state: string, message?: string) => ({ name: 'a', state, ms: 1, message });
    const interrupted = { name: '[sig-network] DNS should do [Conformance]', state: 'interrupted', ms: 60_123 };
    expect(specsText([spec('passed'), spec('failed', '\nno route\nmore'), interrupted], 7)).toBe(
      '1 of 7 specs passed, 1 failed, 5 did not end, stopped after 60 s in "DNS should do", ' +
        'the first failure "no route"',
    );
    expect(specsText([spec('passed')], 1)).toBe('1 of 1 specs passed');
  });
});

describe('the focus', () => {
  it('takes each spec by its name as it stands, and nothing of another provider', () => {
    const focus = new RegExp(FOCUS);
    for (const spec of SPECS) expect(focus.test(`[sig-network] ${spec} [NodeConformance]`)).toBe(true);
    expect(focus.test('[sig-network] DNS should provide DNS for the cluster [Provider:GCE]')).toBe(false);
    expect(focus.test(`[sig-windows] ${SPECS[5]} for Windows`)).toBe(false);
  });
});
