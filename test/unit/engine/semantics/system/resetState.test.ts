import { expect, test } from 'vitest';
import { initState, resetState } from '../../../../../src-main/engine/semantics/system/resetState.ts';
import { CR0, CR4 } from '../../../../../src-main/engine/semantics/system/controlBits.ts';
import {
  restoreModelSpecificRegisters,
  saveModelSpecificRegisters,
} from '../../../../../src-main/engine/semantics/system/modelSpecificRegisters.ts';
import { MSR } from '../../../../../src-main/engine/semantics/system/msrTable.ts';
import { CS, DS, RAX, RDX, STATE } from '../../../../../src-main/engine/state/layout.ts';
import { protectedProcessor } from '../../../../support/engine/TestProcessor.ts';

test('reset starts at the last sixteen bytes below 4 GiB, in real mode, with the signature in EDX', () => {
  const { state } = protectedProcessor(3);
  state.setRegister(RAX, 0x1234);
  resetState(state, 0x619);
  expect(state.segment(CS)).toEqual({ selector: 0xf000, attributes: 0x93, base: 0xffff_0000, limit: 0xffff });
  expect(state.segment(DS)).toEqual({ selector: 0, attributes: 0x93, base: 0, limit: 0xffff });
  expect([state.eip, state.eflags, state.cpl]).toEqual([0xfff0, 2, 0]);
  expect([state.register(RAX), state.register(RDX)]).toEqual([0, 0x619]);
  expect([state.controlRegister(0), state.debugRegister(6), state.debugRegister(7)]).toEqual([
    0x6000_0010, 0xffff_0ff0, 0x400,
  ]);
  expect([state.gdtr, state.idtr]).toEqual([
    { base: 0, limit: 0xffff },
    { base: 0, limit: 0xffff },
  ]);
});

test('INIT does the same to registers, and leaves floating-point state, the time stamp and the caches’ bits alone', () => {
  const { state } = protectedProcessor(3);
  state.setControlRegister(0, CR0.PE | CR0.PG | CR0.CD);
  state.setControlRegister(4, CR4.PAE);
  state.setDebugRegister(7, 0x401);
  state.setInt(STATE.mxcsr, 0x1f00);
  state.setInt(STATE.xmm, 0x1234_5678);
  const registers = saveModelSpecificRegisters(state).map(([address]): [string, string] => [
    address,
    '0000000000000001',
  ]);
  restoreModelSpecificRegisters(state, registers);
  initState(state, 0x619);
  expect([state.eip, state.controlRegister(0), state.controlRegister(4), state.debugRegister(7)]).toEqual([
    0xfff0, 0x4000_0010, 0, 0x400,
  ]);
  expect([state.getInt(STATE.mxcsr), state.getInt(STATE.xmm)]).toEqual([0x1f00, 0x1234_5678]);
  const changed = saveModelSpecificRegisters(state).filter(([, value]) => value !== '0000000000000001');
  expect(changed).toEqual([[MSR.EFER.toString(16), '0000000000000000']]);
});
