import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { diagnose } from '../../../helpers/diagnose/index.ts';
import { readRecorded } from '../../../lab/accuracy/recorded.ts';

// What real runs observed of faults of which something else is seen first.
const sets = await readRecorded(fileURLToPath(new URL('hidden', import.meta.url)));
const setOf = (words: string) => sets.find(({ scenario }) => scenario.includes(words));

test('what keeps pods from Services is proved though another node’s fault cuts off some of the endpoints', () => {
  const set = setOf('forward-policy-drop');
  const { findings, groups } = diagnose(set?.observations ?? []);
  const proved = findings.filter(({ confidence }) => confidence === 'proved');
  expect(proved.map(({ code, locations }) => [code, locations])).toEqual(
    set?.inForce.map(({ code, expected }) => [code, expected]),
  );
  // A CoreDNS on that node knows no name of what was made in the run: that follows, and is no problem beside it.
  expect(findings).toHaveLength(2);
  expect(groups.filter(({ isOwnProblem }) => isOwnProblem)).toEqual([]);
});

test('datagrams that a NodePort leads to an endpoint out of reach are not lost by chance: the path fails', () => {
  const { findings } = diagnose(setOf('routing rule')?.observations ?? []);
  expect(findings.map(({ code, locations }) => [code, locations])).toEqual([
    [
      'overlay-path-undetermined',
      [
        { from: 'k3s-worker-01', to: 'k3s-worker-02' },
        { from: 'k3s-worker-02', to: 'k3s-worker-01' },
      ],
    ],
  ]);
  expect(findings[0]?.evidence.map(({ text }) => text).join()).toContain(
    'k3s-worker-02 itself is told at once that no route leads to the pods of k3s-worker-01',
  );
});

test('hosts that a controller cannot have heard of follow from the route that swallows what is for Services', () => {
  const { findings, groups } = diagnose(setOf('blackhole for the Services')?.observations ?? []);
  expect(findings.map(({ code, confidence }) => `${confidence} ${code}`)).toEqual(['proved no-route-for-packet']);
  // One node's controller is asked by the NodePort of every node.
  expect(groups).toEqual([]);
});
