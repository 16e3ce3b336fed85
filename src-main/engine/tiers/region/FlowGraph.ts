/**
 * A control-flow graph that structured code can be written for: reducible, with its dominator tree.
 * Nodes are numbers from 0, which is the entry; dispatch nodes are numbered behind the original ones.
 */
export interface FlowGraph {
  readonly successors: readonly (readonly number[])[];
  /** Where control starts: 0, or the dispatch node that 0 is reached through. */
  readonly entry: number;
  /** Nodes in reverse postorder; a node that is not reached is missing. */
  readonly order: readonly number[];
  /** Position of a node in `order`. */
  readonly position: readonly number[];
  /** The nodes that a node is the immediate dominator of, in reverse postorder. */
  readonly children: readonly (readonly number[])[];
  /** Nodes that a jump back leads to. */
  readonly isLoopHead: readonly boolean[];
  /** How many edges lead to a node. */
  readonly predecessorCount: readonly number[];
  /** For nodes that are reached through a dispatch node: which, and the value that selects them there. */
  readonly dispatch: ReadonlyMap<number, { readonly node: number; readonly value: number }>;
}

/**
 * Analyses a graph given by its successors. Cycles with several entries get a dispatch node through which all of
 * these are reached, so that the result is reducible.
 */
export function analyseFlow(successorsOf: readonly (readonly number[])[]): FlowGraph {
  const successors = successorsOf.map((targets) => [...new Set(targets)]);
  const dispatch = new Map<number, { node: number; value: number }>();
  makeReducible(
    successors,
    successors.map((_, node) => node),
    dispatch,
  );
  const entry = dispatch.get(0)?.node ?? 0;
  const order = reversePostorder(successors, entry);
  const position = new Array<number>(successors.length).fill(-1);
  order.forEach((node, index) => (position[node] = index));
  const predecessors = successors.map((): number[] => []);
  for (const node of order) for (const target of successors[node]) predecessors[target].push(node);
  const dominator = immediateDominators(order, position, predecessors);
  const children = successors.map((): number[] => []);
  for (const node of order.slice(1)) children[dominator[node]].push(node);
  return {
    successors,
    entry,
    order,
    position,
    children,
    isLoopHead: successors.map((_, node) => predecessors[node].some((from) => position[from] >= position[node])),
    predecessorCount: predecessors.map((from, node) => from.length + (node === entry ? 1 : 0)),
    dispatch,
  };
}

/** Gives each cycle among `nodes` that has several entries a dispatch node, then looks inside it. */
function makeReducible(
  successors: number[][],
  nodes: readonly number[],
  dispatch: Map<number, { node: number; value: number }>,
): void {
  for (const component of cycles(successors, nodes)) {
    const inside = new Set(component);
    const entries = component.filter((node) => node === 0 || hasEdgeFromOutside(successors, inside, node));
    let header = entries[0];
    if (entries.length > 1) {
      header = successors.length;
      const isEntry = new Set(entries);
      successors.forEach((targets, from) => {
        successors[from] = [...new Set(targets.map((target) => (isEntry.has(target) ? header : target)))];
      });
      successors.push(entries);
      entries.forEach((node, value) => dispatch.set(node, { node: header, value }));
    }
    makeReducible(
      successors,
      component.filter((node) => node !== header),
      dispatch,
    );
  }
}

function hasEdgeFromOutside(successors: readonly number[][], inside: ReadonlySet<number>, node: number): boolean {
  return successors.some((targets, from) => !inside.has(from) && targets.includes(node));
}

/** The strongly connected components of a subgraph that hold a cycle (Tarjan). */
function cycles(successors: readonly number[][], nodes: readonly number[]): number[][] {
  const isPart = new Set(nodes);
  const index = new Map<number, number>(),
    low = new Map<number, number>();
  const stack: number[] = [],
    onStack = new Set<number>(),
    found: number[][] = [];
  const visit = (node: number): number => {
    let lowest = index.size;
    index.set(node, lowest);
    stack.push(node);
    onStack.add(node);
    for (const target of successors[node]) {
      if (!isPart.has(target)) continue;
      const seen = index.get(target);
      if (seen === undefined) lowest = Math.min(lowest, visit(target));
      else if (onStack.has(target)) lowest = Math.min(lowest, seen);
    }
    low.set(node, lowest);
    if (lowest === index.get(node)) {
      const component = stack.splice(stack.indexOf(node));
      for (const member of component) onStack.delete(member);
      if (component.length > 1 || successors[node].includes(node)) found.push(component);
    }
    return lowest;
  };
  for (const node of nodes) if (!index.has(node)) visit(node);
  return found;
}

function reversePostorder(successors: readonly number[][], entry: number): number[] {
  const seen = new Set<number>(),
    order: number[] = [];
  const visit = (node: number): void => {
    seen.add(node);
    // The last successor is the one that comes next in guest code: visited first, it stays close.
    for (const target of successors[node]) if (!seen.has(target)) visit(target);
    order.push(node);
  };
  visit(entry);
  return order.reverse();
}

/** Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm". */
function immediateDominators(
  order: readonly number[],
  position: readonly number[],
  predecessors: readonly number[][],
): number[] {
  const dominator = new Array<number>(position.length).fill(-1);
  const [entry] = order;
  dominator[entry] = entry;
  const intersect = (a: number, b: number): number => {
    while (a !== b) {
      while (position[a] > position[b]) a = dominator[a];
      while (position[b] > position[a]) b = dominator[b];
    }
    return a;
  };
  for (let hasChanged = true; hasChanged;) {
    hasChanged = false;
    for (const node of order.slice(1)) {
      const known = predecessors[node].filter((from) => dominator[from] >= 0);
      const common = known.reduce(intersect);
      if (dominator[node] === common) continue;
      dominator[node] = common;
      hasChanged = true;
    }
  }
  return dominator;
}
