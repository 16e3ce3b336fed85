import type { VirtualProcessor } from '../engine/VirtualProcessor.ts';
import { ATTRIBUTE, type CpuState } from '../engine/state/CpuState.ts';
import { CS, DS, ES, FS, GS, RAX, RBP, RBX, RCX, RDI, RDX, RSI, RSP, SS, STATE } from '../engine/state/layout.ts';
import type { GuestMemory } from './GuestMemory.ts';
import type { PlacedBytes } from './pci/PciChipset.ts';
import type {
  FlatProtectedEntry,
  InitialRegisters,
  ProgramDisk,
  ProgramEntry,
  ProgramImage,
  RealModeEntry,
} from './loaders/ProgramImage.ts';

const CR0_PE = 1 << 0;
/** Extension type: reads as 1 on every processor since the 486. */
const CR0_ET = 1 << 4;
const EFLAGS_RESERVED = 2;
const PRESENT_CODE = ATTRIBUTE.P | ATTRIBUTE.S | ATTRIBUTE.CODE | ATTRIBUTE.READ_WRITE | ATTRIBUTE.ACCESSED;
const PRESENT_DATA = ATTRIBUTE.P | ATTRIBUTE.S | ATTRIBUTE.READ_WRITE | ATTRIBUTE.ACCESSED;
const FLAT = ATTRIBUTE.DB | ATTRIBUTE.G;

/** Writes an image's bytes. RAM is zero elsewhere. */
export function writeSegments(memory: GuestMemory, image: ProgramImage): void {
  for (const { physicalAddress, bytes, zeroedTo } of image.segments) {
    memory.view(physicalAddress, bytes.length).set(bytes);
    const end = physicalAddress + bytes.length;
    if (zeroedTo !== undefined && zeroedTo > end) memory.view(end, zeroedTo - end).fill(0);
  }
}

/** Writes the firmware's tables but for those that the program's own bytes, or the end of RAM, leave no room for. */
export function writeTables(
  memory: GuestMemory,
  tables: readonly PlacedBytes[],
  image: ProgramImage | undefined,
): void {
  for (const { physicalAddress: start, bytes } of tables) {
    const end = start + bytes.length;
    const isTaken = image?.segments.some(
      (segment) => segment.physicalAddress < end && segment.physicalAddress + segment.bytes.length > start,
    );
    if (isTaken !== true && end <= memory.size) memory.view(start, bytes.length).set(bytes);
  }
}

/** Puts a processor that has just been reset where the program starts. */
export function enterProgram(processor: VirtualProcessor, entry: ProgramEntry): void {
  const { state } = processor;
  if (entry.mode === 'real16') enterRealMode(state, entry);
  else enterFlatProtectedMode(state, entry);
  setRegisters(state, entry.registers);
  state.eip = entry.eip;
  state.eflags = EFLAGS_RESERVED;
  state.cpl = 0;
  state.setInt(STATE.halted, 0);
  processor.stateChanged();
}

function enterRealMode(state: CpuState, entry: RealModeEntry): void {
  state.setControlRegister(0, CR0_ET);
  state.setControlRegister(3, 0);
  state.setControlRegister(4, 0);
  state.idtr = { base: 0, limit: 0x3ff };
  const load = (index: number, selector: number, attributes: number): void =>
    state.setSegment(index, { selector, attributes, base: selector << 4, limit: 0xffff });
  load(CS, entry.cs, PRESENT_CODE);
  load(SS, entry.ss, PRESENT_DATA);
  load(DS, entry.ds, PRESENT_DATA);
  load(ES, entry.es, PRESENT_DATA);
  load(FS, entry.fs, PRESENT_DATA);
  load(GS, entry.gs, PRESENT_DATA);
}

function enterFlatProtectedMode(state: CpuState, entry: FlatProtectedEntry): void {
  state.setControlRegister(0, CR0_ET | CR0_PE);
  state.gdtr = { base: entry.gdt?.physicalAddress ?? 0, limit: entry.gdt?.limit ?? 0 };
  state.idtr = { base: 0, limit: 0 };
  const limit = 0xffff_ffff;
  state.setSegment(CS, { selector: entry.codeSelector, attributes: PRESENT_CODE | FLAT, base: 0, limit });
  for (const index of [SS, DS, ES, FS, GS]) {
    state.setSegment(index, { selector: entry.dataSelector, attributes: PRESENT_DATA | FLAT, base: 0, limit });
  }
}

function setRegisters(state: CpuState, registers: InitialRegisters): void {
  state.setRegister(RAX, registers.eax ?? 0);
  state.setRegister(RCX, registers.ecx ?? 0);
  state.setRegister(RDX, registers.edx ?? 0);
  state.setRegister(RBX, registers.ebx ?? 0);
  state.setRegister(RSP, registers.esp ?? 0);
  state.setRegister(RBP, registers.ebp ?? 0);
  state.setRegister(RSI, registers.esi ?? 0);
  state.setRegister(RDI, registers.edi ?? 0);
}

/** The disk that a program came from: of a lone boot sector, a diskette with nothing else on it. */
export function diskOf({ format, disk, segments }: ProgramImage): ProgramDisk | undefined {
  const [sector] = segments;
  return disk ?? (format === 'boot' && sector ? { kind: 'floppy', bytes: sector.bytes } : undefined);
}
