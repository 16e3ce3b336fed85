import { describe, expect, test } from 'vitest';
import { FLAG } from '../../../src-main/engine/state/flags.ts';
import { RAX, RSP } from '../../../src-main/engine/state/layout.ts';
import { AT, startCode, type ModeName } from '../../support/engine/machineModes.ts';
import { allFeatures } from '../../support/engine/randomModes.ts';
import { createTestMachine } from '../../support/engine/TestMachine.ts';

/** #AC: SDM vol. 3A, 6.15 (interrupt 17) and table 6-7. */

const machine = createTestMachine();
const { state, processor } = machine;
const CR0_AM = 1 << 18;
const AC = 17,
  GP = 13;

/** The vector whose handler halted; HLT itself is #GP above level 0. */
function vectorOf(mode: ModeName, source: string, isMasked = false, flags: number = FLAG.AC): number {
  startCode(machine, mode, `${source}\nhlt`);
  state.setControlRegister(0, state.controlRegister(0) | (isMasked ? 0 : CR0_AM));
  state.eflags |= flags;
  processor.stateChanged();
  machine.runToHalt();
  return (state.eip - 1 - AT.handlers) / 16;
}

test.each([
  { source: 'mov eax, [0x9001]', isAligned: false },
  { source: 'mov eax, [0x9002]', isAligned: false },
  { source: 'mov eax, [0x9004]', isAligned: true },
  { source: 'mov ax, [0x9001]', isAligned: false },
  { source: 'mov ax, [0x9002]', isAligned: true },
  { source: 'mov al, [0x9001]', isAligned: true },
  { source: 'mov [0x9ffd], eax', isAligned: false },
  { source: 'inc dword [0x9001]', isAligned: false },
  { source: 'mov esp, 0x9003\npush eax', isAligned: false },
  { source: 'mov esi, 0x9001\nmov edi, 0x9100\nmov ecx, 4\nrep movsd', isAligned: false },
  { source: 'fninit\nfld qword [0x9004]', isAligned: false },
  { source: 'fninit\nfld qword [0x9008]', isAligned: true },
  { source: 'fninit\nfnsave [0x9004]\nfrstor [0x9004]', isAligned: true },
  { source: 'fninit\no16 fnsave [0x9002]\no16 frstor [0x9002]', isAligned: true },
  { source: 'fninit\nfnsave [0x9002]', isAligned: false },
])('$source at level 3: aligned $isAligned', ({ source, isAligned }) => {
  expect(vectorOf('user32', source)).toBe(isAligned ? GP : AC);
});

test('has an error code of 0, and is a fault', () => {
  vectorOf('user32', 'nop\nmov eax, [0x9001]');
  const esp = state.register(RSP);
  expect([machine.read32(esp), machine.read32(esp + 4)]).toEqual([0, AT.code + 1]);
});

describe('is not raised', () => {
  test('below level 3', () => {
    startCode(machine, 'flat32', 'mov eax, [0x9001]\nhlt');
    state.setControlRegister(0, state.controlRegister(0) | CR0_AM);
    state.eflags |= FLAG.AC;
    processor.stateChanged();
    machine.runToHalt();
    expect(state.eip).toBe(AT.code + 6);
  });

  test('without CR0.AM', () => expect(vectorOf('user32', 'mov eax, [0x9001]', true)).toBe(GP));
  test('without EFLAGS.AC', () => expect(vectorOf('user32', 'mov eax, [0x9001]', false, 0)).toBe(GP));

  test('for the frame that an interrupt pushes on a stack of level 0', () => {
    machine.clear();
    startCode(machine, 'user32', 'int 0x21\nhlt');
    machine.write32(AT.tss + 4, AT.stack - 0x7ff);
    state.setControlRegister(0, state.controlRegister(0) | CR0_AM);
    state.eflags |= FLAG.AC;
    processor.stateChanged();
    machine.runToHalt();
    // The gate's DPL is 0; that fault was delivered, on a stack that is not aligned.
    expect((state.eip - 1 - AT.handlers) / 16).toBe(GP);
  });
});

test('POPF switches the check on and off', () => {
  const toggle = 'pushfd\nxor dword [esp], 0x40000\npopfd';
  expect(vectorOf('user32', `${toggle}\nmov eax, [0x9001]\n${toggle}\nmov eax, 1\nmov ebx, [0x9001]`)).toBe(AC);
  expect(state.register(RAX)).toBe(1);
});

test.each([0x21, 0x1021, 0x2f])(
  'a 16-byte operand at %i is #GP whether or not its page was accessed before',
  (address) => {
    const vectors = createTestMachine({ features: allFeatures() });
    for (const warming of ['nop', 'mov al, [0x21]\nmov al, [0x1021]']) {
      startCode(vectors, 'flat32', `${warming}\nmovaps xmm0, [${address}]\nhlt`);
      vectors.state.setControlRegister(4, 0x600);
      vectors.runToHalt();
      expect((vectors.state.eip - 1 - AT.handlers) / 16).toBe(GP);
    }
  },
);
