import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findingsText } from '../../../cli/findings-text.ts';
import type { FactOf } from '../../../helpers/model/observation.ts';
import { pageLink, pagePath } from '../../../helpers/report/finding-page.ts';
import { renderMarkdown } from '../../../helpers/report/markdown.ts';
import { outageObservations, outageReport } from './sample.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const code = 'vxlan-port-filtered-in-path';

describe('the page of a finding', () => {
  test('is linked from a report in the same folder as it is there', () => {
    expect(pageLink(code, 'reports/20260301-100000-abcd', root)).toBe(`../../docs/findings/${code}.md`);
    expect(pageLink(code, '.', root)).toBe(`docs/findings/${code}.md`);
  });

  test('is not linked from a report elsewhere, whose links would hold on one machine alone', () => {
    expect(pageLink(code, '/tmp/reports/run', root)).toBeUndefined();
    expect(pageLink(code, 'reports/run', '/somewhere/else')).toBeUndefined();
  });

  test('of a code that has none is not linked', () => {
    expect(pagePath('no-such-finding')).toBeUndefined();
    expect(pageLink('no-such-finding', '.', root)).toBeUndefined();
  });

  test('of a code that was renamed is that of its present name', () => {
    expect(pageLink('hetzner-cloud-firewall-inbound-deny', '.', root)).toBe('docs/findings/firewall-inbound-deny.md');
  });

  test('is a link in summary.md, and a name where nothing can be linked', () => {
    expect(renderMarkdown(outageReport, [], () => '../page.md')).toContain(
      `More: [docs/findings/${code}.md](../page.md)`,
    );
    expect(renderMarkdown(outageReport, [])).toContain(`More: \`docs/findings/${code}.md\``);
  });
});

describe('the findings of a recording as text', () => {
  test('say every ordered pair only where they are all pairs of the nodes that were recorded', () => {
    const fact = (node: string): FactOf<'node'> => ({
      v: 2,
      type: 'fact',
      id: node,
      source: 'kubernetes',
      key: 'node',
      node,
      value: null,
      notObserved: 'only its name counts',
      at: '',
    });
    const where = (nodes: string[]) =>
      /where +(.*)/.exec(
        findingsText({ findings: outageReport.findings, groups: [], sound: [] }, [
          ...outageObservations,
          ...nodes.map(fact),
        ]),
      )?.[1];
    expect(where(outageReport.cluster.nodes)).toBe('every ordered pair of the 3 nodes');
    expect(where([...outageReport.cluster.nodes, 'k3s-worker-03'])).toMatch(
      /^k3s-master-01 → k3s-worker-01; .* and 2 more$/,
    );
  });
});
