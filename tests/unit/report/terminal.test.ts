import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { renderTerminal } from '../../../helpers/report/terminal.ts';
import { terminalStyle, wrap } from '../../../helpers/report/terminal-style.ts';
import { healthyObservations, healthyReport, outageObservations, outageReport } from './sample.ts';

const often = <T>(items: T[]): T[] => Array.from({ length: 30 }, () => items).flat();

describe('the terminal summary', () => {
  test(
    'of an outage names the cause first, with evidence, remedy, ' + 'command and page, then the symptoms of each suite',
    () => {
      expect(
        renderTerminal(outageReport, outageObservations, { columns: 100, reportDir: 'reports/20260301-100000-abcd' }),
      ).toMatchInlineSnapshot(`
        "UNHEALTHY  UDP 8472 between the nodes is dropped on the way, so pods on different nodes cannot talk
          lab:demo, k3s v1.34.2, flannel-vxlan, 3 nodes, profile gate, 18.2 s
          36 probes: 24 passed, 12 failed, 0 inconclusive

        Findings
          proved        vxlan-port-filtered-in-path
                        every ordered pair of the 3 nodes
                        - 100 VXLAN datagrams a pair left the sender and 0 arrived at the receiver, on 6 of
                          6 ordered pairs
                        - UDP of the same size over port 18377 arrives on 6 of 6 ordered pairs
          remedy        Allow UDP 8472 between all nodes in the firewall that stands between them.
          verify        netwright run --suite overlay,pod-to-pod
          page          docs/findings/vxlan-port-filtered-in-path.md

        Suites
          pod-to-pod  fail          11 passed, 2 failed  6.1 s
              x TCP passes between pods on different nodes
                every pair that crosses nodes fails, every pair on one node passes (6 of 6 probes failed)
                k3s-master-01 (10.42.0.2) → k3s-worker-01 (10.42.1.2:8377): timeout after 2000 ms
                k3s-master-01 (10.42.0.2) → k3s-worker-02 (10.42.2.2:8377): timeout after 2000 ms
                and 4 more
              x UDP passes between pods on different nodes
                every pair that crosses nodes fails, every pair on one node passes (6 of 6 probes failed)
                k3s-master-01 (10.42.0.2) → k3s-worker-01 (10.42.1.2:8377): timeout after 2000 ms
                k3s-master-01 (10.42.0.2) → k3s-worker-02 (10.42.2.2:8377): timeout after 2000 ms
                and 4 more
          coredns     inconclusive  3 passed, 1 inconclusive, 1 skipped  2.2 s
              - 1 skipped: no name outside the cluster is configured (NETWRIGHT_EXTERNAL_NAME)
              - 1 inconclusive: not observed: the probe at k3s-worker-02 could not be heard
          overlay     skipped       3 skipped  0.0 s

        Node to node
                           1 2 3
          1 k3s-master-01  . x x
          2 k3s-worker-01  x . x
          3 k3s-worker-02  x x .
          row asks column;  . passes   x fails in some way   ? not observed

        Not looked at
          k3s-worker-02: probes in the host network: the pod did not start: port 18377 is taken

        Reports  reports/20260301-100000-abcd

        UNHEALTHY  UDP 8472 between the nodes is dropped on the way, so pods on different nodes cannot talk
        "
      `);
    },
  );

  test('of a healthy cluster says so, with its matrix', () => {
    expect(renderTerminal(healthyReport, healthyObservations)).toMatchInlineSnapshot(`
      "HEALTHY  no symptom was found; 1 of 1 were looked for
        lab:demo, k3s v1.34.2, flannel-vxlan, 3 nodes, profile gate, 18.2 s
        36 probes: 36 passed, 0 failed, 0 inconclusive

      Suites
        pod-to-pod  pass          13 passed  3.1 s

      Node to node
                         1 2 3
        1 k3s-master-01  . . .
        2 k3s-worker-01  . . .
        3 k3s-worker-02  . . .
        row asks column;  . passes   x fails in some way   ? not observed

      HEALTHY  no symptom was found; 1 of 1 were looked for
      "
    `);
  });

  test('of a run that saw nothing says why before all else', () => {
    const blind = {
      ...healthyReport,
      verdict: 'inconclusive' as const,
      suites: [],
      symptoms: [],
      holes: [{ what: 'every probe', why: 'the API server does not answer' }],
    };
    expect(renderTerminal(blind, []).split('\n')[0]).toBe(
      'INCONCLUSIVE  not observed: every probe: the API server does not answer',
    );
  });

  test('without a proved cause says how many symptoms there are, and names none', () => {
    expect(renderTerminal({ ...outageReport, findings: [] }, outageObservations).split('\n')[0]).toBe(
      'UNHEALTHY  2 symptoms, no proved cause',
    );
  });

  test('with failed probes that no finding explains says how many, and where they are', () => {
    const left = { ...outageReport, unexplained: ['a', 'b'] };
    expect(renderTerminal(left, outageObservations)).toContain(
      'not explained 2 of 12 failed probes follow from none of this; summary.md lists them',
    );
    expect(renderTerminal(outageReport, outageObservations)).not.toContain('not explained');
  });

  test('in colour says the same as without', () => {
    const colored = renderTerminal(outageReport, outageObservations, { color: true });
    expect(colored).not.toBe(stripVTControlCharacters(colored));
    expect(stripVTControlCharacters(colored)).toBe(renderTerminal(outageReport, outageObservations));
  });

  test.each([60, 80, 120])('keeps within %i columns, commands and paths aside', (columns) => {
    const lines = renderTerminal(outageReport, outageObservations, { columns }).split('\n');
    expect(
      lines.filter((line) => line.length > columns && !line.includes('row asks') && !line.includes('lab:demo')),
    ).toEqual([]);
  });

  test('of a cluster in which everything fails still fits on a screen', () => {
    const findings = often(outageReport.findings).map((finding, index) => ({
      ...finding,
      code: `${finding.code}-${index}`,
    }));
    const many = {
      ...outageReport,
      findings,
      symptoms: often(outageReport.symptoms),
      holes: often(outageReport.holes),
    };
    expect(renderTerminal(many, outageObservations).split('\n').length).toBeLessThan(64);
  });

  test('shows evidence of different kinds, and says how much more there is', () => {
    const evidence = ['100 left a for b', '100 left b for a', '100 left b for c', 'another port is answered'].map(
      (text) => ({ text, observations: [] }),
    );
    const [finding] = outageReport.findings;
    if (!finding) throw new Error('the sample has a finding');
    const nodes = ['a', 'b', 'c'];
    const lines = renderTerminal(
      { ...outageReport, cluster: { ...outageReport.cluster, nodes }, findings: [{ ...finding, evidence }] },
      [],
    ).split('\n');
    expect(lines.filter((line) => line.startsWith('                - ')).map((line) => line.trim())).toEqual([
      '- 100 left a for b',
      '- another port is answered',
      '- and 2 more in summary.md',
    ]);
  });

  test(
    'of a cause that is not proved has the command that tells it from ' +
      'its rivals, and its remedy under a condition',
    () => {
      const candidates = outageReport.findings.map((finding) => ({
        ...finding,
        confidence: 'candidate' as const,
        rivals: ['vxlan-eaten-by-hypervisor'],
      }));
      const text = renderTerminal({ ...outageReport, findings: candidates }, []);
      expect(text).toMatch(/^ {2}candidate {5}vxlan-port-filtered-in-path: UDP 8472/m);
      expect(text).toContain('  or else       vxlan-eaten-by-hypervisor\n  if this is it Allow UDP 8472');
      expect(text).toContain('  to confirm    netwright run --suite overlay,pod-to-pod');
    },
  );

  test('of many failed symptoms tells one of each suite, and how many more', () => {
    const lines = renderTerminal({ ...outageReport, symptoms: often(outageReport.symptoms) }, outageObservations).split(
      '\n',
    );
    expect(lines.filter((line) => line.includes('x TCP')).map((line) => line.trim())).toEqual([
      'x TCP passes between pods on different nodes; and 59 more',
    ]);
  });

  test('where the locale has no more than ASCII uses no more', () => {
    expect(renderTerminal(outageReport, outageObservations, { unicode: false })).toMatch(/^[\x20-\x7E\n]*$/);
  });
});

describe('what a stream can show', () => {
  test('a stream that is no terminal gets no colour', () => {
    expect(terminalStyle(new PassThrough(), { LANG: 'C' })).toEqual({ columns: 100, color: false, unicode: false });
  });

  test('wrapping never loses or splits a word', () => {
    const text = 'one two three averyveryverylongword four';
    expect(wrap(text, 10, '  ')).toEqual(['one two', '  three', '  averyveryverylongword', '  four']);
    expect(wrap(text, 10, '  ').join(' ').split(/\s+/).filter(Boolean).join(' ')).toBe(text);
  });
});
