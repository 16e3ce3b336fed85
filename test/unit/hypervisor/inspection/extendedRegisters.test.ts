import { expect, test } from 'vitest';
import { readExtendedRegisters } from '../../../../src-main/hypervisor/inspection/extendedRegisters.ts';
import { createTestMachine, machineCode } from '../../../support/engine/TestMachine.ts';
import { AT, enterMode } from '../../../support/engine/machineModes.ts';

test('x87 registers come in the order of the stack, with their value and bits, and SSE’s as bytes', () => {
  const machine = createTestMachine();
  enterMode(machine, 'flat32');
  machine.load(AT.code, machineCode('fninit\nfldz\nfld1\nfchs\nmov eax, 7\nmovd xmm2, eax\nhlt', 32, AT.code));
  machine.state.setControlRegister(4, 0x200);
  machine.processor.stateChanged();
  machine.runToHalt();
  const { stack, x87Status, x87Control, xmm, pageDirectoryPointers } = readExtendedRegisters(machine.state);
  expect(stack.map((register) => register?.value ?? null)).toEqual([-1, 0, null, null, null, null, null, null]);
  expect([...(stack[0]?.bits ?? [])]).toEqual([0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0xbf]);
  expect([(x87Status >>> 11) & 7, x87Control]).toEqual([6, 0x37f]);
  expect([...xmm.slice(32, 36)]).toEqual([7, 0, 0, 0]);
  expect(pageDirectoryPointers).toEqual([0n, 0n, 0n, 0n]);
});
