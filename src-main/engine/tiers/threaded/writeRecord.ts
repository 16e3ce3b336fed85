import type { Instruction, MemoryOperand, RegisterOperand } from '../../decode/Instruction.ts';
import { DS, STATE, highByteOffset, mmxOffset, registerOffset, segmentOffset, xmmOffset } from '../../state/layout.ts';
import { RECORD } from './record.ts';

/** The first of the escape opcodes D8 to DF. */
const ESCAPE = 0xd8;

/** Fills in a step of the translator's own. */
export function writeStep(view: DataView, record: number, handler: number, pageOffset: number, count: number): void {
  view.setUint32(record + RECORD.handler, handler, true);
  view.setUint16(record + RECORD.pageOffset, pageOffset, true);
  view.setUint16(record + RECORD.nextOffset, pageOffset, true);
  view.setUint8(record + RECORD.count, count);
}

/**
 * Fills in an instruction's operands, in the fields that its form reads them from.
 * @param isUsed whether the form looks at operands at all
 */
export function writeOperands(view: DataView, record: number, instruction: Instruction, isUsed: boolean): void {
  view.setUint16(record + RECORD.base, STATE.zero, true);
  view.setUint16(record + RECORD.index, STATE.zero, true);
  const segment = instruction.segmentOverride >= 0 ? instruction.segmentOverride : DS;
  view.setUint16(record + RECORD.segment, segmentOffset(segment), true);
  const { operands, encoding } = instruction;
  const opcode = encoding.opcode[0];
  // Escapes have no immediate; for the last-opcode register they leave the opcode's low 11 bits (SDM vol. 1, 8.1.9).
  if (opcode >>> 3 === ESCAPE >>> 3) {
    view.setInt32(record + RECORD.immediate, ((opcode & 7) << 8) | instruction.modrm, true);
  }
  if (!isUsed) return;
  const isString = encoding.repeat !== 'none';
  let registers = 0,
    immediates = 0;
  for (let place = 0; place < operands.length; place++) {
    const operand = operands[place];
    switch (operand.kind) {
      case 'register':
        if (registers < 2) {
          view.setUint16(record + (registers === 0 ? RECORD.registerA : RECORD.registerB), stateOffset(operand), true);
        }
        registers++;
        break;
      case 'immediate':
        view.setInt32(record + (immediates++ === 0 ? RECORD.immediate : RECORD.link), operand.value, true);
        break;
      case 'far':
        view.setInt32(record + RECORD.immediate, operand.offset, true);
        view.setUint32(record + RECORD.link, operand.selector, true);
        break;
      case 'memory':
        // String instructions name their registers by themselves; the record holds the source's segment.
        if (!isString) writeMemory(view, record, operand);
        break;
      case 'relative':
        break;
    }
  }
}

function writeMemory(view: DataView, record: number, operand: MemoryOperand): void {
  if (operand.base >= 0) view.setUint16(record + RECORD.base, registerOffset(operand.base), true);
  if (operand.index >= 0) view.setUint16(record + RECORD.index, registerOffset(operand.index), true);
  view.setUint8(record + RECORD.scale, operand.scale);
  view.setInt32(record + RECORD.displacement, operand.displacement, true);
  view.setUint16(record + RECORD.segment, segmentOffset(operand.segment), true);
}

/** Byte offset in the state of a register operand. */
function stateOffset(operand: RegisterOperand): number {
  switch (operand.file) {
    case 'segment':
      return segmentOffset(operand.index);
    case 'control':
      return STATE.cr0 + 8 * operand.index;
    case 'debug':
      return STATE.dr0 + 8 * operand.index;
    case 'general':
      return operand.highByte ? highByteOffset(operand.index) : registerOffset(operand.index);
    case 'x87':
      // A place on the stack, which TOP makes a register at run time.
      return operand.index;
    case 'mmx':
      return mmxOffset(operand.index);
    case 'xmm':
      return xmmOffset(operand.index);
  }
}
