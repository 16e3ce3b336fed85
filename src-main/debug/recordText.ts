import type { RecordView } from '../engine/TranslationView.ts';
import { STATE, highByteOffset, mmxOffset, registerOffset, segmentOffset, xmmOffset } from '../engine/state/layout.ts';
import { RECORD } from '../engine/tiers/threaded/record.ts';
import { SEGMENTS } from './stateNames.ts';

/** A field of a record that its handler reads, and what it holds. */
export interface RecordField {
  readonly name: string;
  readonly value: string;
}

/** A record as its reader wants it. */
export interface RecordText {
  /** Of the definition, such as `add`; of a step, its kind. */
  readonly name: string;
  /** What of the instruction the handler is made for, such as `r32 m32a32fx`; see `formOf`. */
  readonly shape: string;
  readonly fields: readonly RecordField[];
}

const NAMES = {
  8: ['al', 'cl', 'dl', 'bl'],
  high: ['ah', 'ch', 'dh', 'bh'],
  16: ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'],
  32: ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'],
} as const;

const REGISTERS: Readonly<Record<string, ReadonlyMap<number, string>>> = {
  8: new Map([
    ...NAMES[8].map((name, index) => [registerOffset(index), name] as const),
    ...NAMES.high.map((name, index) => [highByteOffset(index), name] as const),
  ]),
  16: new Map(NAMES[16].map((name, index) => [registerOffset(index), name])),
  32: new Map(NAMES[32].map((name, index) => [registerOffset(index), name])),
  segment: new Map(SEGMENTS.map((name, index) => [segmentOffset(index), name])),
  control: new Map(Array.from({ length: 9 }, (_, index) => [STATE.cr0 + 8 * index, `cr${index}`])),
  debug: new Map(Array.from({ length: 8 }, (_, index) => [STATE.dr0 + 8 * index, `dr${index}`])),
  mmx: new Map(Array.from({ length: 8 }, (_, index) => [mmxOffset(index), `mm${index}`])),
  xmm: new Map(Array.from({ length: 8 }, (_, index) => [xmmOffset(index), `xmm${index}`])),
};

/** Fields that steps of the translator's own use. */
const STEP_FIELDS: Readonly<Record<string, readonly (keyof typeof RECORD)[]>> = {
  head: ['immediate'],
  goto: ['link'],
  crossPage: ['immediate'],
  leavePageFlat: ['displacement'],
  leavePageSegmented: ['displacement'],
};

/** Takes a form's key apart, and reads what its handler will. */
export function recordText({ handler, isStep, bytes }: RecordView): RecordText {
  const fields = new Fields(bytes);
  if (isStep) {
    for (const name of STEP_FIELDS[handler] ?? []) fields.number(name);
    return { name: handler, shape: '', fields: fields.list };
  }
  const [name = '', , , , , dataFlat = '', repeat = 'none', , operands = ''] = handler.split('|');
  const shape = [repeat === 'none' ? '' : repeat, operands].filter((part) => part !== '').join(' ');
  const isString = operands.startsWith('m') && /^(movs|cmps|stos|lods|scas|ins|outs)$/.test(name);
  let registers = 0,
    immediates = 0;
  for (const operand of operands.split(' ').filter((text) => text !== '')) {
    if (operand.startsWith('relative') || operand === 'out') fields.number('displacement');
    else if (operand === 'in') fields.number('link');
    else if (operand === 'far') {
      fields.number('link');
      fields.number('immediate');
    } else if (operand.startsWith('r')) {
      if (registers < 2) fields.register(registers === 0 ? 'registerA' : 'registerB', operand);
      registers++;
    } else if (operand.startsWith('i')) fields.number(immediates++ === 0 ? 'immediate' : 'link');
    else if (operand.startsWith('m') && !isString) fields.memory(operand);
  }
  if (isString && dataFlat === 's') fields.segment();
  return { name, shape, fields: fields.list };
}

/** Collects what a handler reads of a record. */
class Fields {
  readonly list: RecordField[] = [];
  private readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  number(name: keyof typeof RECORD): void {
    this.add(name, hex(this.view.getUint32(RECORD[name], true)));
  }

  /** @param shape `r32`, `r16segment`, `r80x87` and the like */
  register(field: 'registerA' | 'registerB', shape: string): void {
    const [, width = '', file = ''] = /^r(\d+)([a-z]?[a-z0-9]*)/.exec(shape) ?? [];
    const value = this.view.getUint16(RECORD[field], true);
    this.add(field, file === 'x87' ? `st${value}` : (REGISTERS[file === '' ? width : file]?.get(value) ?? hex(value)));
  }

  /** @param shape `m32a32fx`: width, address size, flat or segmented, with an index */
  memory(shape: string): void {
    const { view } = this;
    const address = shape.includes('a16') ? '16' : '32';
    const register = (offset: number): string | undefined => REGISTERS[address]?.get(view.getUint16(offset, true));
    if (/s(?=x?$)/.test(shape)) this.segment();
    const base = register(RECORD.base);
    if (base !== undefined) this.add('base', base);
    const index = register(RECORD.index);
    const scale = 1 << view.getUint8(RECORD.scale);
    if (shape.endsWith('x') && index !== undefined) this.add('index', scale === 1 ? index : `${index}*${scale}`);
    const displacement = view.getInt32(RECORD.displacement, true);
    if (displacement !== 0 || base === undefined) {
      const isNegative = displacement < 0 && base !== undefined;
      this.add('displacement', isNegative ? `-${hex(-displacement)}` : hex(displacement >>> 0));
    }
  }

  segment(): void {
    const offset = this.view.getUint16(RECORD.segment, true);
    this.add('segment', REGISTERS['segment']?.get(offset) ?? hex(offset));
  }

  private add(name: string, value: string): void {
    this.list.push({ name, value });
  }
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
