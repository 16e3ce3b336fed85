import type { AccessWatch } from '../../mmu/Mmu.ts';
import {
  type Breakpoint,
  conditionsMet,
  readBreakpoints,
  recordDebugStatus,
} from '../../semantics/system/breakpoints.ts';
import { DR6 } from '../../semantics/system/controlBits.ts';
import type { CpuState } from '../../state/CpuState.ts';
import { FLAG } from '../../state/flags.ts';
import { INTERRUPT_SHADOW, STATE } from '../../state/layout.ts';

/** Where breakpoints are armed. */
export interface BreakpointSites {
  /** Linear addresses of instructions before which generated code is left. */
  setCode(linearAddresses: readonly number[]): void;
  /** Who is told of data accesses; undefined: nobody. */
  setWatch(watch: AccessWatch | undefined): void;
}

/**
 * The guest's own breakpoints, in DR0..DR3 and DR7. While none is enabled they cost nothing: code breakpoints are
 * records of their own, and only the pages that hold data breakpoints are kept out of the TLBs.
 */
export class GuestBreakpoints implements AccessWatch {
  private readonly state: CpuState;
  private readonly sites: BreakpointSites;
  private all: readonly Breakpoint[] = [];
  /** Linear page numbers with data breakpoints. A breakpoint is aligned, so it lies in one page. */
  private pages: ReadonlySet<number> = new Set();
  private codeCount = 0;
  private hasPorts = false;
  /** DR6's bits of the traps that are due at the end of the instruction; of one that faults they are put back. */
  traps = 0;

  constructor(state: CpuState, sites: BreakpointSites) {
    this.state = state;
    this.sites = sites;
  }

  /** The debug registers or CR4.DE changed. */
  refresh(): void {
    this.all = readBreakpoints(this.state);
    const enabled = this.all.filter(({ isEnabled }) => isEnabled);
    const code = enabled.filter(({ kind }) => kind === 'execute').map(({ address }) => address);
    const data = enabled.filter(({ kind }) => kind === 'write' || kind === 'access');
    const pages = new Set(data.map(({ address }) => address >>> 12));
    const isSame = pages.size === this.pages.size && [...pages].every((page) => this.pages.has(page));
    this.pages = pages;
    this.codeCount = code.length;
    this.hasPorts = enabled.some(({ kind }) => kind === 'port');
    this.sites.setCode(code);
    if (!isSame) this.sites.setWatch(pages.size > 0 ? this : undefined);
  }

  /** Whether instruction breakpoints are enabled. */
  get hasCode(): boolean {
    return this.codeCount > 0;
  }

  /** DR6's bits when an instruction breakpoint stands at an address, else 0. */
  codeAt(linearAddress: number): number {
    return this.codeCount === 0 ? 0 : conditionsMet(this.all, ['execute'], linearAddress, 1);
  }

  /**
   * RF holds off the instruction breakpoint at EIP. It is clear once that instruction has begun: nothing but
   * breakpoints and the images that events push tell when (SDM vol. 3B, 18.3.1.1).
   */
  takeResumeFlag(): boolean {
    const { state } = this;
    const flags = state.getInt(STATE.systemFlags);
    if ((flags & FLAG.RF) === 0) return false;
    state.setInt(STATE.systemFlags, flags & ~FLAG.RF);
    return true;
  }

  /** Whether an instruction breakpoint is raised before an instruction, in DR6 too; not behind MOV SS and POP SS. */
  raisesBefore(linearAddress: number): boolean {
    const status = this.codeAt(linearAddress);
    if (status === 0 || this.isShadowed) return false;
    recordDebugStatus(this.state, status);
    return true;
  }

  /**
   * Whether #DB is raised behind an instruction, in DR6 too: for data and I/O breakpoints, and in single steps (SDM
   * vol. 3B, 18.3.1.2 to 18.3.1.4). MOV SS and POP SS put the first off to behind the next instruction, and lose
   * the last.
   */
  raisesAfter(isStepped: boolean): boolean {
    if (this.isShadowed) return false;
    const status = this.takeTraps() | (isStepped ? DR6.BS : 0);
    if (status !== 0) recordDebugStatus(this.state, status);
    return status !== 0;
  }

  /** What is due at the end of the instruction, for an instruction that is a #DB itself. */
  takeTraps(): number {
    const { traps } = this;
    this.traps = 0;
    return traps;
  }

  covers(linearPage: number): boolean {
    return this.pages.has(linearPage);
  }

  onRead(linear: number, byteLength: number): void {
    this.traps |= conditionsMet(this.all, ['access'], linear >>> 0, byteLength);
  }

  onWrite(linear: number, byteLength: number): void {
    this.traps |= conditionsMet(this.all, ['write', 'access'], linear >>> 0, byteLength);
  }

  onPort(port: number, byteLength: number): void {
    if (this.hasPorts) this.traps |= conditionsMet(this.all, ['port'], port, byteLength);
  }

  /** Some breakpoint is for this port. */
  watchesPort(port: number, byteLength: number): boolean {
    return this.hasPorts && conditionsMet(this.all, ['port'], port, byteLength) !== 0;
  }

  private get isShadowed(): boolean {
    return this.state.getInt(STATE.interruptShadow) === INTERRUPT_SHADOW.movSs;
  }
}
