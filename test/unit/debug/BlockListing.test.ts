import { expect, test } from 'vitest';
import { listBlock } from '../../../src-main/debug/BlockListing.ts';
import { AT, enterMode } from '../../support/engine/machineModes.ts';
import { createTestMachine, machineCode } from '../../support/engine/TestMachine.ts';

test('the code that was entered most comes first, each instruction beside its record', () => {
  const machine = createTestMachine({ regionThreshold: 1000 });
  enterMode(machine, 'flat32');
  machine.load(AT.code, machineCode('mov ecx, 9\nagain: out 0x80, al\ndec ecx\njnz again\nhlt', 32, AT.code));
  machine.processor.stateChanged();
  machine.runToHalt();
  const [hottest] = machine.processor.inspector.hottestBlocks(1);
  const text = listBlock(hottest, (address, byteLength) => machine.ram.slice(address, address + byteLength));
  const lines = text.split('\n').map((line) => line.replace(/\s+/g, ' '));
  const at = AT.code + 5;
  const hex = (address: number): string => address.toString(16).padStart(8, '0');
  expect(lines[0]).toBe(`;; block ${hex(at)}: 32-bit protected mode, runs by records, entered 8 times`);
  expect(lines[1]).toMatch(
    new RegExp(
      `^${hex(at)} e680 out 0x80, al head immediate=\\S+; out i8 r8 immediate=\\S+ registerA=al -> portOut\\(\\) 9$`,
    ),
  );
  expect(lines[2]).toBe(`${hex(at + 2)} 49 dec ecx dec r32 registerA=ecx`);
  expect(lines[4]).toMatch(/ hlt /);
});
