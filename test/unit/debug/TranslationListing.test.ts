import { beforeAll, describe, expect, test } from 'vitest';
import { NO_KNOWLEDGE } from '../../../src-main/debug/Disassembler.ts';
import { recordText } from '../../../src-main/debug/recordText.ts';
import { regionLines, wasmText } from '../../../src-main/debug/RegionListing.ts';
import { listTranslation, type TranslationRow } from '../../../src-main/debug/TranslationListing.ts';
import { RCX, STATE } from '../../../src-main/engine/state/layout.ts';
import type { MadeRegion } from '../../../src-main/engine/tiers/region/RegionTier.ts';
import { AT, enterMode } from '../../support/engine/machineModes.ts';
import { createTestMachine, machineCode, type TestMachine } from '../../support/engine/TestMachine.ts';

const DATA = 0x9000;

function run(source: string, regionThreshold = 1000): { machine: TestMachine; made: MadeRegion[] } {
  const made: MadeRegion[] = [];
  const machine = createTestMachine({ regionThreshold, regions: { onMade: (region) => made.push(region) } });
  enterMode(machine, 'flat32');
  machine.load(AT.code, machineCode(source, 32, AT.code));
  machine.processor.stateChanged();
  machine.runToHalt();
  return { machine, made };
}

function list(machine: TestMachine, linearAddress: number, before = 0, count = 8): TranslationRow[] {
  const { blocks } = machine.processor.inspector.view(AT.code, 256);
  const window = { linearAddress: AT.code, bytes: machine.ram.slice(AT.code, AT.code + 256), codeSize: 32 } as const;
  return listTranslation(window, { linearAddress, codeSize: 32, codeBase: 0 }, blocks, { before, count }, NO_KNOWLEDGE);
}

describe('guest code beside its translation', () => {
  // The byte of data would be read as the start of an instruction that swallows the loop's first ones.
  const SOURCE = `
          mov ecx, 5
          jmp again
          db 0xb8
again:    add [ebx+esi*4+${DATA}], eax
          dec ecx
          jnz again
          hlt`;
  let rows: TranslationRow[];
  beforeAll(() => (rows = list(run(SOURCE).machine, AT.code)));

  test('lines begin where translated instructions do, whatever lies between them', () => {
    expect(rows.map(({ line, isFirst }) => `${line.text}${isFirst ? ' *' : ''}`).slice(0, 6)).toEqual([
      'mov ecx, 5 *',
      expect.stringMatching(/^jmp /),
      'db 0xb8',
      'add dword [ebx+esi*4+0x9000], eax *',
      'dec ecx',
      expect.stringMatching(/^jnz /),
    ]);
  });

  test('each has the record of the block it lies in; data has none', () => {
    expect(rows[2]).toMatchObject({ record: null, block: null });
    expect(rows[3].block).toBe(rows[4].block);
    expect(rows[0].steps.map(({ handler }) => handler)).toEqual(['head']);
  });

  test('a record says what its handler will read of it', () => {
    const { record } = rows[3];
    expect(record && recordText(record)).toEqual({
      name: 'add',
      shape: 'm32a32fx r32',
      fields: [
        { name: 'base', value: 'ebx' },
        { name: 'index', value: 'esi*4' },
        { name: 'displacement', value: '0x9000' },
        { name: 'registerA', value: 'eax' },
      ],
    });
  });

  test('a place where code was entered just once makes no block of its own in the listing', () => {
    const { machine } = run(SOURCE.replace('mov ecx, 5', 'mov ecx, 50'));
    machine.state.eip = rows[4].line.linearAddress;
    machine.state.setInt(STATE.halted, 0);
    machine.state.setRegister(RCX, 1);
    machine.runToHalt();
    const [addition, decrement] = list(machine, rows[3].line.linearAddress);
    expect([decrement.block, decrement.isFirst]).toEqual([addition.block, false]);
  });

  test('lines before an address are those that lead to it', () => {
    const { machine } = run(SOURCE);
    const [first] = list(machine, rows[4].line.linearAddress, 1, 2);
    expect(first.line.linearAddress).toBe(rows[3].line.linearAddress);
  });
});

describe('fields of records', () => {
  const fieldsOf = (source: string): string => {
    const [{ record }] = list(run(`${source}\nhlt`).machine, AT.code);
    if (!record) throw new Error('not translated');
    return recordText(record)
      .fields.map(({ name, value }) => `${name}=${value}`)
      .join(' ');
  };

  test.each([
    { source: 'mov ah, cl', fields: 'registerA=ah registerB=cl' },
    { source: 'mov dx, 0x1234', fields: 'registerA=dx immediate=0x1234' },
    { source: 'lea eax, [ebp-8]', fields: 'registerA=eax base=ebp displacement=-0x8' },
    { source: 'movq mm3, mm1', fields: 'registerA=mm3 registerB=mm1' },
    { source: 'mov ebx, cr0', fields: 'registerA=ebx registerB=cr0' },
    { source: 'out 0x80, al', fields: 'immediate=0xffffff80 registerA=al' },
    { source: 'fadd st0, st2', fields: 'registerA=st0 registerB=st2' },
  ])('of $source', ({ source, fields }) => {
    expect(fieldsOf(source)).toBe(fields);
  });
});

describe('a region’s text, line by line', () => {
  const { machine, made } = run(`mov ecx, 100\nagain: add eax, ecx\nxor edx, eax\ndec ecx\njnz again\nhlt`, 10);
  const source = machine.processor.inspector.region(made[0].number);
  if (!source) throw new Error('nothing became a region');
  const lines = regionLines(source);

  test('is the text of the region that runs', () => {
    expect(`${lines.map(({ text }) => text).join('\n')}\n`).toBe(wasmText(made[0]));
  });

  test('names the guest instruction of each line, and none for what enters and leaves', () => {
    const ofAdd = lines.filter(({ linearAddress }) => linearAddress === AT.code + 5).map(({ text }) => text.trim());
    expect(ofAdd[0]).toMatch(/^;; 0*[0-9a-f]+ add eax, ecx$/);
    expect(ofAdd.join(' ')).toContain('i32.add');
    expect(lines[0].linearAddress).toBeNull();
    expect(lines.at(-1)?.linearAddress).toBeNull();
  });
});
