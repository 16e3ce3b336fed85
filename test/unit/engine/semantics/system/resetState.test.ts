import { expect, test } from 'vitest';
import { resetState } from '../../../../../src-main/engine/semantics/system/resetState.ts';
import { CS, DS, RAX, RDX } from '../../../../../src-main/engine/state/layout.ts';
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
