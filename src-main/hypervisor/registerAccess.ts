import type { CpuState, SegmentRegister } from '../engine/state/CpuState.ts';
import { STATE } from '../engine/state/layout.ts';
import { REGISTER_NAMES, type RegisterName, type RegisterValues } from './registers.ts';

/** In the engine's numbering. */
const GENERAL = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];
const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs', 'ldtr', 'tr'];
const CR0_PE = 1;

interface RegisterAccess {
  read(cpu: CpuState): number;
  write(cpu: CpuState, value: number): void;
}

function segmentPart(index: number, part: keyof SegmentRegister): RegisterAccess {
  return {
    read: (cpu) => cpu.segment(index)[part],
    write: (cpu, value) => cpu.setSegment(index, { ...cpu.segment(index), [part]: value }),
  };
}

function selector(index: number): RegisterAccess {
  return {
    read: (cpu) => cpu.selector(index),
    write: (cpu, value) => {
      // In real mode a selector means its base; in protected mode only the guest's tables give it one.
      const isReal = (cpu.controlRegister(0) & CR0_PE) === 0 && index < SEGMENTS.indexOf('ldtr');
      const base = isReal ? (value & 0xffff) << 4 : cpu.segmentBase(index);
      cpu.setSegment(index, { ...cpu.segment(index), selector: value, base });
    },
  };
}

function createAccess(name: RegisterName): RegisterAccess {
  const [base = '', part] = name.split('.');
  const segment = SEGMENTS.indexOf(base);
  if (segment >= 0) {
    if (part === 'base' || part === 'limit' || part === 'attributes') return segmentPart(segment, part);
    return selector(segment);
  }
  const general = GENERAL.indexOf(name);
  if (general >= 0)
    return { read: (cpu) => cpu.register(general), write: (cpu, value) => cpu.setRegister(general, value) };
  if (base === 'gdtr' || base === 'idtr') {
    const key = part === 'limit' ? 'limit' : 'base';
    return {
      read: (cpu) => cpu[base][key],
      write: (cpu, value) => (cpu[base] = { ...cpu[base], [key]: value }),
    };
  }
  if (name.startsWith('cr')) {
    const index = Number(name.slice(2));
    return {
      read: (cpu) => cpu.controlRegister(index),
      write: (cpu, value) => cpu.setControlRegister(index, value),
    };
  }
  if (name.startsWith('dr')) {
    const index = Number(name.slice(2));
    return { read: (cpu) => cpu.debugRegister(index), write: (cpu, value) => cpu.setDebugRegister(index, value) };
  }
  if (name === 'eip') return { read: (cpu) => cpu.eip, write: (cpu, value) => (cpu.eip = value) };
  return { read: (cpu) => cpu.eflags, write: (cpu, value) => (cpu.eflags = value) };
}

const ACCESS = REGISTER_NAMES.map(createAccess);

/** One sample of all registers. Of a running vCPU it may mix neighbouring instructions. */
export function readRegisters(cpu: CpuState): {
  readonly values: RegisterValues;
  readonly retiredInstructions: number;
} {
  const values = new BigUint64Array(REGISTER_NAMES.length);
  for (const [index, access] of ACCESS.entries()) values[index] = BigInt(access.read(cpu) >>> 0);
  return { values, retiredInstructions: cpu.getFloat64(STATE.retired) };
}

/** The vCPU must be stopped, and be told with `stateChanged` afterwards. */
export function writeRegister(cpu: CpuState, name: RegisterName, value: bigint): void {
  ACCESS[REGISTER_NAMES.indexOf(name)]?.write(cpu, Number(BigInt.asIntN(32, value)));
}
