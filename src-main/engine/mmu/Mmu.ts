import { GuestFault, VECTOR } from '../GuestFault.ts';
import type { LinearMemory, Privilege } from '../LinearMemory.ts';
import type { AccessVerdict, ProbedAccess, ProcessorBus } from '../VirtualProcessor.ts';
import type { CpuState } from '../state/CpuState.ts';
import { ACCESS, FILL, PAGE_FLAG, RIGHT, STATE, VCPU_BLOCK } from '../state/layout.ts';
import { Paging, type PagingChoices, type PagingExports } from './Paging.ts';
import { WRITES } from './pagingRoutines.ts';
import type { PhysicalMemory } from './PhysicalMemory.ts';
import { TlbEntries } from './TlbEntries.ts';

const PAGE_MASK = 0xffff_f000 | 0;

export type AccessKind = 'read' | 'write' | 'execute';

/** Told when a guest writes to bytes that may have been translated. */
export interface CodeWatcher {
  /** Bytes of a page flagged as code are about to be overwritten. */
  onCodeWrite(physical: number, byteLength: number): void;
}

/** Who wants to know of data accesses to some linear pages: breakpoints. */
export interface AccessWatch {
  /** Whether accesses to this page are to be reported: it is then kept out of the TLBs. */
  covers(linearPage: number): boolean;
  onRead(linear: number, byteLength: number): void;
  onWrite(linear: number, byteLength: number): void;
}

/**
 * Linear memory of one vCPU for helpers, and the accesses that generated code cannot make by itself: page
 * crossings, devices, ROM, bytes that code was translated from.
 *
 * Walking page tables and filling the TLBs is generated code (`pagingRoutines.ts`), which this class calls
 * as handlers do. There is a TLB for supervisor accesses and one for user accesses; an entry's tags say
 * what is allowed, so that a hit needs no further check.
 */
export class Mmu implements LinearMemory {
  private readonly physicalMemory: PhysicalMemory;
  private readonly paging: Paging;
  private readonly tlb: TlbEntries;
  private readonly state: CpuState;
  private readonly bus: ProcessorBus;
  private readonly watcher: CodeWatcher;
  private readonly view: DataView;
  /** Host address of the vCPU's block. */
  private readonly cpu: number;
  private watch: AccessWatch | undefined;
  private checksAlignment = false;
  private pendingLinear = 0;
  private pendingBytes = 0;

  constructor(physicalMemory: PhysicalMemory, state: CpuState, bus: ProcessorBus, watcher: CodeWatcher) {
    this.physicalMemory = physicalMemory;
    this.paging = new Paging(physicalMemory, state);
    this.tlb = new TlbEntries(physicalMemory.memory.buffer, state.base);
    this.state = state;
    this.bus = bus;
    this.watcher = watcher;
    this.view = physicalMemory.view;
    this.cpu = state.base;
  }

  /** Hands over the generated routines; before anything else is called. */
  connect(routines: PagingExports): void {
    this.paging.routines = routines;
  }

  /** Control registers, EFER.NXE or line 20 have changed, or may have. Drops all cached translations. */
  configure(choices: PagingChoices): void {
    this.paging.configure(choices);
    this.tlb.flush();
  }

  /** See {@link Paging.loadPointers}. */
  loadPagePointers(cr3: number): boolean {
    return this.paging.loadPointers(cr3);
  }

  /** Reports accesses from now on; undefined: none. */
  setWatch(watch: AccessWatch | undefined): void {
    this.watch = watch;
    this.tlb.flush();
    this.paging.setDetour(watch !== undefined || this.checksAlignment);
  }

  /**
   * The privilege class changed, or whether user accesses must be aligned (CR0.AM, EFLAGS.AC): then all of them come
   * the slow way, where #AC is raised.
   */
  useTlb(isUser: boolean, checksAlignment: boolean): void {
    this.checksAlignment = checksAlignment;
    const tlb = isUser ? VCPU_BLOCK.userTlb : VCPU_BLOCK.supervisorTlb;
    this.state.setInt(STATE.tlb, this.cpu + (checksAlignment ? VCPU_BLOCK.emptyTlb : tlb));
    this.paging.setDetour(this.watch !== undefined || checksAlignment);
  }

  /** Physical address of a linear one, gated by A20. Throws #PF. */
  translate(linear: number, kind: AccessKind, privilege: Privilege): number {
    return this.paging.translate(linear, ACCESS_OF[kind] | this.userBit(privilege));
  }

  /** Like `translate` for a supervisor's read, without faults or side effects. */
  probe(linear: number): number | undefined {
    return this.paging.probe(linear);
  }

  /** What an access would come to. Has no effects. */
  probeAccess(linear: number, { kind, isUser }: ProbedAccess): AccessVerdict {
    const { physicalMemory } = this;
    const walked = this.paging.probeAccess(linear, ACCESS_OF[kind] | (isUser ? ACCESS.user : 0));
    if ('errorCode' in walked) return { kind: 'fault', errorCode: walked.errorCode };
    const { physicalAddress } = walked;
    const isMemory = physicalMemory.host(physicalAddress) !== 0;
    const target = !isMemory ? 'bus' : physicalMemory.isWritable(physicalAddress) ? 'memory' : 'rom';
    return { kind: 'allowed', physicalAddress, target };
  }

  /** Drops all cached translations, or those that are not global. */
  flush(scope: 'all' | 'non-global'): void {
    if (scope === 'all') this.tlb.flush();
    else this.tlb.flushNonGlobal();
  }

  /** The same for the page that holds a linear address. @returns false when all had to be dropped: it may be a large one */
  flushPage(linear: number): boolean {
    return this.tlb.flushPage(linear);
  }

  /** Code has been translated from a physical page: writes to it are compared with it from now on. */
  watchWrites(physicalPage: number): void {
    this.tlb.watchWrites(physicalPage);
  }

  /** Sends writes to video memory the slow way, which notes that they happened. */
  forbidVideoWrites(): void {
    const { videoBase, videoBytes } = this.physicalMemory.layout;
    this.tlb.forbidWrites(videoBase, videoBase + videoBytes);
  }

  // What generated code calls. A thrown GuestFault is turned into a pending fault by the caller.

  /** Host address of a copy of 8 bytes of physical memory, for walks through tables outside of RAM. */
  copyEntry(physical: number, high: number): number {
    return this.paging.copyEntry(physical, high);
  }

  /** The accessed or dirty bit of a paging-structure entry changes that code was translated from. */
  onEntryWrite(physical: number): void {
    this.watcher.onCodeWrite(physical, 4);
  }

  /** Host address where `bytes` bytes can be read: in memory, or a copy in the bounce buffer. */
  slowRead(linear: number, bytes: number): number {
    if (this.checksAlignment) requireAligned(linear, bytes);
    if (crossesPage(linear, bytes)) {
      this.translate(linear, 'read', 'current');
      this.translate(nextPage(linear), 'read', 'current');
      for (let i = 0; i < bytes; i++) this.view.setUint8(this.bounce + i, this.read8((linear + i) >>> 0, 'current'));
      return this.bounce;
    }
    const host = this.readableHost(linear, 'current');
    const { physical } = this.paging;
    this.watch?.onRead(linear, bytes);
    if (host !== 0) return host;
    for (let i = 0; i < bytes; i += 4) {
      const width = Math.min(4, bytes - i) as 1 | 2 | 4;
      this.setHost(this.bounce + i, this.bus.mmioRead(physical + i, width), width);
    }
    return this.bounce;
  }

  slowWrite(linear: number, bytes: 1 | 2 | 4, value: number): void {
    if (this.checksAlignment) requireAligned(linear, bytes);
    this.writeAny(linear, bytes, value, 'current');
  }

  /** Host address of a copy of bytes that `commitModify` will store. */
  slowModify(linear: number, bytes: number): number {
    this.slowStore(linear, bytes);
    const host = this.slowRead(linear, bytes);
    if (host !== this.bounce) this.physicalMemory.bytes.copyWithin(this.bounce, host, host + bytes);
    return this.bounce;
  }

  /** Host address of the bounce buffer, from where `commitModify` will store the bytes. */
  slowStore(linear: number, bytes: number): number {
    if (this.checksAlignment) requireAligned(linear, bytes);
    this.probePages(linear, bytes, 'current');
    this.pendingLinear = linear;
    this.pendingBytes = bytes;
    return this.bounce;
  }

  commitModify(): void {
    const { pendingLinear: linear, pendingBytes: bytes, bounce } = this;
    if (crossesPage(linear, bytes)) {
      for (let i = 0; i < bytes; i++)
        this.writeWithin((linear + i) >>> 0, 1, this.view.getUint8(bounce + i), 'current');
      return;
    }
    const width = Math.min(4, bytes) as 1 | 2 | 4;
    for (let i = 0; i < bytes; i += width) {
      this.writeWithin((linear + i) >>> 0, width, this.getHost(bounce + i, width), 'current');
    }
  }

  // LinearMemory

  read8(address: number, privilege: Privilege): number {
    return this.readWithin(address, 1, privilege);
  }

  read16(address: number, privilege: Privilege): number {
    this.checkAlignment(address, 2, privilege);
    if (!crossesPage(address, 2)) return this.readWithin(address, 2, privilege);
    return this.read8(address, privilege) | (this.read8((address + 1) >>> 0, privilege) << 8);
  }

  read32(address: number, privilege: Privilege): number {
    this.checkAlignment(address, 4, privilege);
    if (!crossesPage(address, 4)) return this.readWithin(address, 4, privilege);
    return (this.read16(address, privilege) | (this.read16((address + 2) >>> 0, privilege) << 16)) >>> 0;
  }

  write8(address: number, value: number, privilege: Privilege): void {
    this.writeWithin(address, 1, value, privilege);
  }

  write16(address: number, value: number, privilege: Privilege): void {
    this.checkAlignment(address, 2, privilege);
    this.writeAny(address, 2, value, privilege);
  }

  write32(address: number, value: number, privilege: Privilege): void {
    this.checkAlignment(address, 4, privilege);
    this.writeAny(address, 4, value, privilege);
  }

  probeWrite(address: number, byteLength: number, privilege: Privilege): void {
    this.checkAlignment(address, byteLength, privilege);
    this.probePages(address, byteLength, privilege);
  }

  private probePages(address: number, byteLength: number, privilege: Privilege): void {
    this.translate(address, 'write', privilege);
    if (crossesPage(address, byteLength)) this.translate(nextPage(address), 'write', privilege);
  }

  private checkAlignment(address: number, byteLength: number, privilege: Privilege): void {
    if (this.checksAlignment && privilege === 'current') requireAligned(address, byteLength);
  }

  private readWithin(address: number, bytes: 1 | 2 | 4, privilege: Privilege): number {
    const host = this.readableHost(address, privilege);
    const { physical } = this.paging;
    this.watch?.onRead(address, bytes);
    return host !== 0 ? this.getHost(host, bytes) : this.bus.mmioRead(physical, bytes);
  }

  private writeAny(address: number, bytes: 1 | 2 | 4, value: number, privilege: Privilege): void {
    if (!crossesPage(address, bytes)) {
      this.writeWithin(address, bytes, value, privilege);
      return;
    }
    this.probePages(address, bytes, privilege);
    for (let i = 0; i < bytes; i++) this.writeWithin((address + i) >>> 0, 1, (value >>> (8 * i)) & 0xff, privilege);
  }

  /** Writes inside one page: RAM, video memory, code, ROM (ignored, or meant for the RAM beneath it) or device. */
  private writeWithin(linear: number, bytes: 1 | 2 | 4, value: number, privilege: Privilege): void {
    const known = this.tlb.writableHost(this.tlbFor(privilege), linear);
    if (known !== 0) {
      this.setHost(known, value, bytes);
      return;
    }
    const host = this.locate(linear, ACCESS.write | this.userBit(privilege));
    const { physical } = this.paging;
    this.watch?.onWrite(linear, bytes);
    const target = this.physicalMemory.writeHost(physical);
    if (target === 0) {
      const unsigned = bytes === 4 ? value >>> 0 : value & ((1 << (8 * bytes)) - 1);
      if (host === 0) this.bus.mmioWrite(physical, bytes, unsigned);
      return;
    }
    if (this.physicalMemory.flagsOf(physical) & PAGE_FLAG.code) this.watcher.onCodeWrite(physical, bytes);
    this.setHost(target, value, bytes);
  }

  /** Host address of a readable linear one, 0 where a device or nothing answers at PAGING.physical. Throws #PF. */
  private readableHost(linear: number, privilege: Privilege): number {
    const known = this.tlb.readableHost(this.tlbFor(privilege), linear);
    return known !== 0 ? known : this.locate(linear, this.userBit(privilege));
  }

  /**
   * Walks, and enters what memory answers in the TLB unless accesses to the page are watched. A write makes the page
   * dirty. Throws #PF.
   * @returns the host address, 0 where a device or nothing answers
   */
  private locate(linear: number, access: number): number {
    const { paging, physicalMemory } = this;
    const isWatched = this.watch?.covers(linear >>> 12) === true;
    const filled = isWatched ? FILL.elsewhere : paging.fill(linear, access);
    if (filled !== FILL.elsewhere) return filled;
    if (isWatched) paging.translate(linear, access);
    const { physical, rights } = paging;
    const host = physicalMemory.host(physical);
    const writeHost = physicalMemory.writeHost(physical);
    if (writeHost !== 0 && (access & ACCESS.write) !== 0) physicalMemory.markDirty(writeHost);
    if (isWatched || host === 0) return host;
    const flags = physicalMemory.flagsOf(physical) & (PAGE_FLAG.dirty | PAGE_FLAG.code);
    const mayWrite = writeHost === host && flags === PAGE_FLAG.dirty && (rights & RIGHT.write) !== 0;
    return paging.routines.enter(linear, access, host, mayWrite ? WRITES.plain : WRITES.refused) >>> 0;
  }

  private userBit(privilege: Privilege): number {
    return privilege === 'current' && this.state.cpl === 3 ? ACCESS.user : 0;
  }

  private tlbFor(privilege: Privilege): number {
    const isUser = privilege === 'current' && this.state.cpl === 3;
    return this.cpu + (isUser ? VCPU_BLOCK.userTlb : VCPU_BLOCK.supervisorTlb);
  }

  private get bounce(): number {
    return this.cpu + STATE.bounce;
  }

  private getHost(host: number, bytes: 1 | 2 | 4): number {
    if (bytes === 1) return this.view.getUint8(host);
    return bytes === 2 ? this.view.getUint16(host, true) : this.view.getUint32(host, true);
  }

  private setHost(host: number, value: number, bytes: number): void {
    if (bytes === 1) this.view.setUint8(host, value);
    else if (bytes === 2) this.view.setUint16(host, value, true);
    else this.view.setInt32(host, value, true);
  }
}

const ACCESS_OF = { read: ACCESS.read, write: ACCESS.write, execute: ACCESS.fetch } as const;

/** First byte of the following page: where the second half of a crossing access faults. */
function nextPage(linear: number): number {
  return ((linear & PAGE_MASK) + 0x1000) >>> 0;
}

function crossesPage(linear: number, bytes: number): boolean {
  return (linear & 0xfff) + bytes > 0x1000;
}

/** #AC(0) unless a multiple of the operand's size; of the largest part's for operands in parts (SDM vol. 3A, table 6-7). */
function requireAligned(linear: number, bytes: number): void {
  const alignment = bytes & -bytes;
  if ((linear & (alignment - 1)) !== 0) throw new GuestFault(VECTOR.AC, 0);
}
