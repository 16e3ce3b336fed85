import type { CpuState } from '../../engine/state/CpuState.ts';
import { FLAG } from '../../engine/state/flags.ts';
import { CS } from '../../engine/state/layout.ts';

type Read = (cpu: CpuState) => number;

/** In the engine's numbering. */
const GENERAL = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'];
const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs', 'ldtr', 'tr'];
const FLAG_NAMES = ['cf', 'pf', 'af', 'zf', 'sf', 'tf', 'if', 'df', 'of', 'nt', 'rf', 'vm', 'ac'] as const;

function* registers(): Generator<readonly [name: string, read: Read]> {
  for (const [index, name] of GENERAL.entries()) {
    yield [`e${name}`, (cpu) => cpu.register(index)];
    yield [name, (cpu) => cpu.register(index) & 0xffff];
  }
  for (const [index, letter] of ['a', 'c', 'd', 'b'].entries()) {
    yield [`${letter}l`, (cpu) => cpu.register(index) & 0xff];
    yield [`${letter}h`, (cpu) => (cpu.register(index) >>> 8) & 0xff];
  }
  for (const [index, name] of SEGMENTS.entries()) {
    yield [name, (cpu) => cpu.selector(index)];
    yield [`${name}.base`, (cpu) => cpu.segmentBase(index)];
    yield [`${name}.limit`, (cpu) => cpu.segmentLimit(index)];
  }
  yield ['eip', (cpu) => cpu.eip];
  yield ['ip', (cpu) => cpu.eip & 0xffff];
  yield ['pc', (cpu) => cpu.segmentBase(CS) + cpu.eip];
  yield ['eflags', (cpu) => cpu.eflags];
  yield ['cpl', (cpu) => cpu.cpl];
  for (const name of FLAG_NAMES) {
    const bit = FLAG[name.toUpperCase() as Uppercase<typeof name>];
    yield [name, (cpu) => ((cpu.eflags & bit) === 0 ? 0 : 1)];
  }
  for (const index of [0, 2, 3, 4]) yield [`cr${index}`, (cpu) => cpu.controlRegister(index)];
  for (const index of [0, 1, 2, 3, 6, 7]) yield [`dr${index}`, (cpu) => cpu.debugRegister(index)];
}

/** What an expression may name of a vCPU; `pc` is the linear address of the next instruction. Values as 32-bit words. */
export const EXPRESSION_REGISTERS: ReadonlyMap<string, Read> = new Map(registers());
