import { describe, expect, test } from 'vitest';
import { readNodeSelection, selectNodes, type SelectableNode } from '../../../helpers/model/node-selection.ts';

const NODES: SelectableNode[] = [
  { name: 'master-01', labels: { role: 'server', 'node-role.kubernetes.io/master': 'true' } },
  { name: 'worker-01', labels: { role: 'worker', zone: 'fsn1' } },
  { name: 'worker-02', labels: { role: 'worker', zone: 'nbg1', gpu: '' } },
];
const select = (text: string) => {
  const selection = readNodeSelection(text);
  return selection && selectNodes(selection, NODES);
};

describe('a selection of nodes', () => {
  test.each<[text: string, names: string[]]>([
    ['worker-01', ['worker-01']],
    ['worker-02, worker-01', ['worker-01', 'worker-02']],
    ['!worker-02', ['master-01', 'worker-01']],
    ['role=worker', ['worker-01', 'worker-02']],
    ['role==worker,!worker-01', ['worker-02']],
    ['role!=worker', ['master-01']],
    ['zone!=fsn1', ['master-01', 'worker-02']],
    ['zone in (fsn1, nbg1),!gpu', ['worker-01']],
    ['zone notin (fsn1)', ['master-01', 'worker-02']],
    ['gpu', ['worker-02']],
    ['!node-role.kubernetes.io/master', ['worker-01', 'worker-02']],
    ['worker-01,worker-02,zone=nbg1', ['worker-02']],
    ['gpu=', ['worker-02']],
    ['role=nobody', []],
  ])('of %s is of these nodes', (text, names) => {
    expect(select(text)).toEqual({ names, unknown: [] });
  });

  test('names the words that are no node and no label', () => {
    expect(select('worker-01,worker-9,!wroker-02')?.unknown).toEqual(['worker-9', 'wroker-02']);
  });

  test.each(['', ' , ', 'role=worker=x', '=x', 'zone in fsn1', 'zone in (a b)', 'a b', '!!x'])(
    'is not taken from "%s"',
    (text) => {
      expect(readNodeSelection(text)).toBeUndefined();
    },
  );
});
