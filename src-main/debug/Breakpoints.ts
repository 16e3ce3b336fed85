export interface Breakpoint {
  readonly linearAddress: number;
  readonly enabled: boolean;
}

/** The breakpoints of every machine, in ascending order of address; they outlive a machine's power-off. */
export class Breakpoints {
  private readonly byMachine = new Map<string, readonly Breakpoint[]>();
  private readonly onChange: (machine: string, breakpoints: readonly Breakpoint[]) => void;

  constructor(
    initial: Readonly<Record<string, readonly Breakpoint[]>>,
    onChange: (machine: string, breakpoints: readonly Breakpoint[]) => void,
  ) {
    for (const [machine, breakpoints] of Object.entries(initial)) this.byMachine.set(machine, breakpoints);
    this.onChange = onChange;
  }

  list(machine: string): readonly Breakpoint[] {
    return this.byMachine.get(machine) ?? [];
  }

  enabledAddresses(machine: string): number[] {
    return this.list(machine)
      .filter(({ enabled }) => enabled)
      .map(({ linearAddress }) => linearAddress);
  }

  set(machine: string, linearAddress: number, enabled: boolean): readonly Breakpoint[] {
    const others = this.list(machine).filter((breakpoint) => breakpoint.linearAddress !== linearAddress);
    const sorted = [...others, { linearAddress, enabled }].sort((a, b) => a.linearAddress - b.linearAddress);
    return this.replace(machine, sorted);
  }

  clear(machine: string, linearAddress: number): readonly Breakpoint[] {
    return this.replace(
      machine,
      this.list(machine).filter((breakpoint) => breakpoint.linearAddress !== linearAddress),
    );
  }

  clearAll(machine: string): readonly Breakpoint[] {
    return this.replace(machine, []);
  }

  /** The machine is gone. */
  forget(machine: string): void {
    if (this.byMachine.delete(machine)) this.onChange(machine, []);
  }

  /** For keeping. */
  all(): Record<string, Breakpoint[]> {
    return Object.fromEntries([...this.byMachine].map(([machine, list]) => [machine, [...list]]));
  }

  private replace(machine: string, breakpoints: readonly Breakpoint[]): readonly Breakpoint[] {
    if (breakpoints.length > 0) this.byMachine.set(machine, breakpoints);
    else this.byMachine.delete(machine);
    this.onChange(machine, breakpoints);
    return breakpoints;
  }
}
