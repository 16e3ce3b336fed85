/** Demands below this are rounding. */
const EPSILON = 1e-9;

/** A way on along which flow can be pushed: to a group, from a pCPU that gives it something else to do. */
interface Step {
  readonly group: number;
  /** Undefined: the group is where the demand is. */
  readonly from: number | undefined;
}

/** A maximum flow from groups, each with a demand, to pCPUs that take 1 each (Edmonds and Karp, 1972). */
class PcpuFlow {
  readonly #groups: readonly { readonly pcpus: readonly number[] }[];
  readonly #left: number[];
  readonly #room = new Map<number, number>();
  /** What each group gives to each pCPU. */
  readonly #given: readonly Map<number, number>[];

  constructor(groups: readonly { readonly pcpus: readonly number[] }[], demands: readonly number[]) {
    this.#groups = groups;
    this.#left = [...demands];
    this.#given = groups.map(() => new Map());
    for (const { pcpus } of groups) for (const pcpu of pcpus) this.#room.set(pcpu, 1);
  }

  /** Satisfies a group's demand; or returns the pCPUs that it can reach, all of which are full. */
  satisfy(source: number): readonly number[] | undefined {
    while ((this.#left[source] ?? 0) > EPSILON) {
      const { reached, target } = this.#search(source);
      if (target === undefined) return [...reached.keys()];
      this.#push(source, target, reached);
    }
    return undefined;
  }

  #search(source: number): { readonly reached: ReadonlyMap<number, Step>; readonly target: number | undefined } {
    const reached = new Map<number, Step>();
    const seen = new Set([source]);
    const queue: Step[] = [{ group: source, from: undefined }];
    for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
      for (const pcpu of this.#groups[step.group]?.pcpus ?? []) {
        if (reached.has(pcpu)) continue;
        reached.set(pcpu, step);
        if ((this.#room.get(pcpu) ?? 0) > EPSILON) return { reached, target: pcpu };
        for (const [group, given] of this.#given.entries()) {
          if (seen.has(group) || (given.get(pcpu) ?? 0) <= EPSILON) continue;
          seen.add(group);
          queue.push({ group, from: pcpu });
        }
      }
    }
    return { reached, target: undefined };
  }

  #push(source: number, target: number, reached: ReadonlyMap<number, Step>): void {
    const path: { readonly pcpu: number; readonly step: Step }[] = [];
    for (let pcpu: number | undefined = target; pcpu !== undefined; pcpu = path.at(-1)?.step.from) {
      const step = reached.get(pcpu);
      if (step !== undefined) path.push({ pcpu, step });
    }
    let amount = Math.min(this.#left[source] ?? 0, this.#room.get(target) ?? 0);
    for (const { step } of path)
      if (step.from !== undefined) amount = Math.min(amount, this.#given[step.group]?.get(step.from) ?? 0);
    for (const { pcpu, step } of path) {
      this.#add(step.group, pcpu, amount);
      if (step.from !== undefined) this.#add(step.group, step.from, -amount);
    }
    this.#room.set(target, (this.#room.get(target) ?? 0) - amount);
    this.#left[source] = (this.#left[source] ?? 0) - amount;
  }

  #add(group: number, pcpu: number, amount: number): void {
    const given = this.#given[group];
    given?.set(pcpu, (given.get(pcpu) ?? 0) + amount);
  }
}

/** pCPUs that cannot take all that comes to them alone; undefined when every group's demand finds room. */
export function overfullPcpus(
  groups: readonly { readonly pcpus: readonly number[] }[],
  demands: readonly number[],
): readonly number[] | undefined {
  const flow = new PcpuFlow(groups, demands);
  for (const group of groups.keys()) {
    const full = flow.satisfy(group);
    if (full !== undefined) return full;
  }
  return undefined;
}
