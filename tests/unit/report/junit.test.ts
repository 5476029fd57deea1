import { describe, expect, test } from 'vitest';
import { renderJunit } from '../../../helpers/report/junit.ts';
import { outageReport } from './sample.ts';

describe('junit.xml', () => {
  test('has the causes first, then every suite, with the pairs of a failure and the reason of a skip', () => {
    expect(renderJunit(outageReport)).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="netwright: lab:demo" tests="6" failures="1" errors="0" skipped="4" time="18.200">
        <testsuite name="findings" tests="1" failures="1" errors="0" skipped="0" time="0.000" timestamp="2026-03-01T10:00:00Z">
          <testcase classname="netwright.findings" name="vxlan-port-filtered-in-path">
            <failure message="UDP 8472 between the nodes is dropped on the way, so pods on different nodes cannot talk">UDP 8472 between the nodes is dropped on the way, so pods on different nodes cannot talk
      every ordered pair of the 3 nodes
      - 100 VXLAN datagrams a pair left the sender and 0 arrived at the receiver, on 6 of 6 ordered pairs
      - UDP of the same size over port 18377 arrives on 6 of 6 ordered pairs
      remedy: Allow UDP 8472 between all nodes in the firewall that stands between them.
      verify: netwright run --suite overlay,pod-to-pod</failure>
          </testcase>
        </testsuite>
        <testsuite name="pod-to-pod" tests="3" failures="0" errors="0" skipped="2" time="6.120" timestamp="2026-03-01T10:00:00Z">
          <testcase classname="netwright.pod-to-pod" name="TCP passes between pods on different nodes" time="2.004">
            <skipped message="failed: follows from vxlan-port-filtered-in-path at every ordered pair of the 3 nodes: every pair that crosses nodes fails, every pair on one node passes (6 of 6 probes failed)"/>
          </testcase>
          <testcase classname="netwright.pod-to-pod" name="UDP passes between pods on different nodes" time="2.004">
            <skipped message="failed: follows from vxlan-port-filtered-in-path at every ordered pair of the 3 nodes: every pair that crosses nodes fails, every pair on one node passes (6 of 6 probes failed)"/>
          </testcase>
          <testcase classname="netwright.pod-to-pod" name="TCP passes between nodes"/>
        </testsuite>
        <testsuite name="coredns" tests="2" failures="0" errors="0" skipped="2" time="2.210" timestamp="2026-03-01T10:00:00Z">
          <testcase classname="netwright.coredns" name="a name outside the cluster resolves from every node">
            <skipped message="no name outside the cluster is configured (NETWRIGHT_EXTERNAL_NAME)"/>
          </testcase>
          <testcase classname="netwright.coredns" name="names resolve by each CoreDNS replica from every node">
            <skipped message="inconclusive: 2 of 12 not observed: the probe at k3s-worker-02 could not be heard"/>
          </testcase>
        </testsuite>
        <testsuite name="overlay" tests="0" failures="0" errors="0" skipped="0" time="0.012" timestamp="2026-03-01T10:00:00Z">
        </testsuite>
      </testsuites>
      "
    `);
  });

  test('of a candidate says by what it can be told, and does not fail', () => {
    const candidates = outageReport.findings.map((finding) => ({ ...finding, confidence: 'candidate' as const }));
    const [, suite = ''] =
      /<testsuite name="findings" ([^>]*)>/.exec(renderJunit({ ...outageReport, findings: candidates })) ?? [];
    expect(suite).toContain('failures="0" errors="0" skipped="1"');
  });

  test('stays XML whatever a peer answered', () => {
    const text = 'status 500: </failure> & "\u0000\u001B[31mred\u001B[0m" \uD800 ]]>\nsecond';
    const xml = renderJunit({
      ...outageReport,
      findings: [],
      symptoms: [{ suite: 'overlay', title: 'a <b> & "c"', verdict: 'fail', text, observations: [], followsFrom: [] }],
    });
    expect(xml).toContain('name="a &lt;b&gt; &amp; &quot;c&quot;"');
    expect(xml).toContain(
      '<failure message="status 500: &lt;/failure&gt; &amp; &quot;red&quot;  ]]&gt;">status 500: ' +
        '&lt;/failure&gt; &amp; "red"  ]]&gt;\nsecond</failure>',
    );
  });
});
