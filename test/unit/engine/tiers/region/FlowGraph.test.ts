import { describe, expect, test } from 'vitest';
import { analyseFlow } from '../../../../../src-main/engine/tiers/region/FlowGraph.ts';

describe('analysing control flow', () => {
  test('puts what both arms of a branch lead to beside them in the dominator tree', () => {
    const graph = analyseFlow([[1, 2], [3], [3], []]);
    expect([...graph.children[0]].sort()).toEqual([1, 2, 3]);
    expect(graph.predecessorCount).toEqual([1, 1, 1, 2]);
  });

  test('finds the heads of nested loops', () => {
    const graph = analyseFlow([[1], [2], [2, 3], [1, 4], []]);
    expect(graph.isLoopHead).toEqual([false, true, true, false, false]);
    expect(graph.dispatch.size).toBe(0);
  });

  test('leaves out what is not reached', () => {
    expect(analyseFlow([[2], [2], []]).order).toEqual([0, 2]);
  });

  test('gives a loop with two entries one way in', () => {
    const graph = analyseFlow([[1, 2], [2, 3], [1], []]);
    const dispatch = graph.dispatch.get(1)?.node;
    expect(dispatch).toBe(4);
    expect(graph.dispatch.get(2)?.node).toBe(dispatch);
    expect(graph.successors[4]).toEqual([1, 2]);
    expect(graph.isLoopHead[4]).toBe(true);
    expect(graph.successors[0]).toEqual([4]);
  });

  test('starts at the dispatch node when the entry is one of a loop with several', () => {
    const graph = analyseFlow([[1], [0, 2], [1]]);
    for (const node of graph.order) {
      for (const target of graph.successors[node]) {
        const isBack = graph.position[target] <= graph.position[node];
        if (isBack) expect(dominates(graph.children, target, node)).toBe(true);
      }
    }
  });
});

function dominates(children: readonly (readonly number[])[], above: number, below: number): boolean {
  return above === below || children[above].some((child) => dominates(children, child, below));
}
