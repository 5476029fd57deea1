import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { diagnose } from '../../../../helpers/diagnose/index.ts';
import type { Observation } from '../../../../helpers/model/observation.ts';
import { readRecorded } from '../../../../lab/accuracy/recorded.ts';

const FOLDER = fileURLToPath(new URL('../recorded', import.meta.url));
const recorded = (await readRecorded(FOLDER)).find(({ scenario }) => scenario === 'packet-rewritten/pods-port');
const observations = recorded?.observations ?? [];

const named = (changed: readonly Observation[]): string[] =>
  diagnose(changed)
    .findings.filter(({ code }) => code === 'packet-rewritten')
    .flatMap(({ confidence, evidence }) => [confidence, evidence[0]?.text ?? '']);

test('the rule that leads packets elsewhere is given with its counter and where it leads', () => {
  expect(named(observations)).toEqual([
    'proved',
    expect.stringMatching(
      /^k3s-worker-02: nft .*: tcp dport 8080 dnat to :9 \(\d+ packets\) leads the packets of \d+ failed/,
    ),
  ]);
});

test('a rule by which a probe passes is not named: somebody listens where it leads', () => {
  const answered = observations.map((each) =>
    each.type === 'probe' &&
    each.role === 'endpoint' &&
    each.destination.node === 'k3s-worker-02' &&
    each.source.network === 'pod'
      ? { ...each, verdict: 'pass' as const, errorKind: undefined, reason: undefined, succeeded: each.attempts }
      : each,
  );
  expect(named(answered)).toEqual([]);
});

test('a rule whose counter has counted nothing is not named', () => {
  const idle = observations.map((each) =>
    each.type === 'fact' && each.key === 'ssh/nft-ruleset' && each.value
      ? {
          ...each,
          value: {
            ...each.value,
            rules: each.value.rules.map((rule) =>
              rule.counter ? { ...rule, counter: { ...rule.counter, packets: 0 } } : rule,
            ),
          },
        }
      : each,
  );
  expect(named(idle)).toEqual([]);
});

test('a rule that maps a port of the node to a pod is not named: it leads where it is meant to', () => {
  const mapped = observations.map((each) => {
    if (each.type !== 'fact' || each.key !== 'ssh/nft-ruleset' || !each.value) return each;
    const { table } = each.value.rules.find(({ text }) => text.includes('dnat to :9')) ?? {};
    const ofMapping = <Part extends { table: string }>(parts: readonly Part[]): Part[] =>
      parts.map((part) => (part.table === table ? { ...part, table: 'cni_hostport' } : part));
    return {
      ...each,
      value: { ...each.value, rules: ofMapping(each.value.rules), chains: ofMapping(each.value.chains) },
    };
  });
  expect(named(mapped)).toEqual([]);
});
