import { ATTRIBUTE } from '../../state/CpuState.ts';
import { TR } from '../../state/layout.ts';
import type { AccessWidth } from '../../VirtualProcessor.ts';
import { GuestFault, VECTOR } from '../../GuestFault.ts';
import { ioPrivilegeLevel, isProtected, isVirtual8086 } from './processorMode.ts';
import type { SystemContext } from './SystemContext.ts';
import { TSS32_LAYOUT } from './tssLayout.ts';

/** IN: the value, unsigned in `byteLength` bytes. */
export function portIn(c: SystemContext, port: number, byteLength: number): number {
  checkPort(c, port, byteLength);
  c.count('pio', 1, port & 0xffff);
  c.portAccessed(port & 0xffff, byteLength, 'read');
  return c.bus.portRead(port & 0xffff, accessWidth(byteLength));
}

/** OUT. */
export function portOut(c: SystemContext, port: number, byteLength: number, value: number): void {
  checkPort(c, port, byteLength);
  c.count('pio', 1, port & 0xffff);
  c.portAccessed(port & 0xffff, byteLength, 'write');
  const width = accessWidth(byteLength);
  c.bus.portWrite(port & 0xffff, width, width === 4 ? value >>> 0 : value & ((1 << (8 * width)) - 1));
}

/**
 * A repeated INS, as far as it may be done at once: up to `elements` elements from a port to plain memory of the host.
 * @param request the port, and from bit 16 on the bytes of an element
 * @param address in the VM's memory
 * @returns how many elements were moved
 */
export function portInBlock(c: SystemContext, request: number, address: number, elements: number): number {
  const { port, byteLength } = blockOf(request);
  if (c.bus.portReadBlock === undefined || c.isPortWatched(port, byteLength)) return 0;
  const target = c.hostBytes(address, elements * byteLength);
  const moved = c.bus.portReadBlock(port, accessWidth(byteLength), target) / byteLength;
  if (moved > 0) c.count('pio', moved, port);
  return moved;
}

/** The same for OUTS. */
export function portOutBlock(c: SystemContext, request: number, address: number, elements: number): number {
  const { port, byteLength } = blockOf(request);
  if (c.bus.portWriteBlock === undefined || c.isPortWatched(port, byteLength)) return 0;
  const source = c.hostBytes(address, elements * byteLength);
  const moved = c.bus.portWriteBlock(port, accessWidth(byteLength), source) / byteLength;
  if (moved > 0) c.count('pio', moved, port);
  return moved;
}

function blockOf(request: number): { port: number; byteLength: number } {
  return { port: request & 0xffff, byteLength: request >>> 16 };
}

function accessWidth(byteLength: number): AccessWidth {
  return byteLength === 1 || byteLength === 2 ? byteLength : 4;
}

/**
 * Below IOPL, and always in virtual-8086 mode, the TSS's permission bitmap decides: every byte's bit must
 * be clear, else #GP(0) (SDM vol. 1, 19.5).
 */
export function checkPort(c: SystemContext, port: number, byteLength: number): void {
  const { state, memory } = c;
  if (!isProtected(state) || (state.cpl <= ioPrivilegeLevel(state) && !isVirtual8086(state))) return;
  const base = state.segmentBase(TR);
  const limit = state.segmentLimit(TR);
  const is32Bit = (state.segmentAttributes(TR) & ATTRIBUTE.CODE) !== 0;
  if (!is32Bit || limit < TSS32_LAYOUT.minimumLimit) throw new GuestFault(VECTOR.GP, 0);
  const first = port & 0xffff;
  const offset = memory.read16((base + 102) >>> 0, 'supervisor') + (first >> 3);
  // Two bytes are read whatever the port: this is why the bitmap ends with a byte of ones.
  if (offset + 1 > limit) throw new GuestFault(VECTOR.GP, 0);
  const bits = memory.read16((base + offset) >>> 0, 'supervisor') >> (first & 7);
  if ((bits & ((1 << byteLength) - 1)) !== 0) throw new GuestFault(VECTOR.GP, 0);
}
