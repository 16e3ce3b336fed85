import { describe, expect, test } from 'vitest';
import { createCpuFeatures } from '../../../../../src-main/engine/semantics/system/CpuFeatures.ts';
import { systemHelpers } from '../../../../../src-main/engine/semantics/system/helpers.ts';
import { STATE } from '../../../../../src-main/engine/state/layout.ts';
import {
  type TestProcessor,
  faultOf,
  protectedProcessor,
  raisedBy,
  realProcessor,
} from '../../../../support/engine/TestProcessor.ts';

const { readControl, writeControl, loadStatusWord, clearTaskSwitched, readDebug, writeDebug } = systemHelpers;

describe('CR0', () => {
  test('keeps only bits that exist, and ET reads as one', () => {
    const p = realProcessor();
    writeControl(p, 0, 0x7fff_ffff);
    expect(readControl(p, 0)).toBe(0x6005_003f);
  });

  test.each([
    { what: 'paging without protection', value: 0x8000_0010 },
    { what: 'not-write-through without cache-disable', value: 0x2000_0011 },
  ])('refuses $what', ({ value }) => {
    const p = realProcessor();
    expect(faultOf(p, () => writeControl(p, 0, value | 0))).toBe('#GP(0)');
  });

  test('tells the engine when the mode changes, and drops translations', () => {
    const p = realProcessor();
    writeControl(p, 0, 0x11);
    expect(p.modeChanges).toBe(1);
    expect(p.flushes).toEqual(['all']);
  });

  test('LMSW sets PE, MP, EM and TS, and cannot clear PE', () => {
    const p = realProcessor();
    loadStatusWord(p, 0xffff);
    expect(p.state.controlRegister(0)).toBe(0x1f);
    loadStatusWord(p, 0);
    expect(p.state.controlRegister(0)).toBe(0x11);
  });

  test('CLTS clears TS', () => {
    const p = protectedProcessor();
    p.state.setControlRegister(0, 0x19);
    clearTaskSwitched(p);
    expect(p.state.controlRegister(0)).toBe(0x11);
  });
});

describe('CR4', () => {
  test('takes the bits of announced features', () => {
    const p = protectedProcessor();
    writeControl(p, 4, 0x107);
    expect(readControl(p, 4)).toBe(0x107);
  });

  test('refuses those of features that are not there', () => {
    const p = protectedProcessor();
    p.features = createCpuFeatures({ features: { pse: false } });
    expect(faultOf(p, () => writeControl(p, 4, 0x10))).toBe('#GP(0)');
    p.features = createCpuFeatures();
    writeControl(p, 4, 0x10);
    expect(p.flushes).toEqual(['all']);
  });
});

test('writing CR3 drops all translations but global ones', () => {
  const p = protectedProcessor();
  writeControl(p, 3, 0x5000);
  expect([readControl(p, 3), p.flushes]).toEqual([0x5000, ['non-global']]);
});

describe('the PDPTE registers', () => {
  const PG = 0x8000_0000,
    PAE = 0x20;

  function withPae(cr0: number): TestProcessor {
    const p = protectedProcessor();
    p.state.setControlRegister(3, 0x4000);
    p.state.setControlRegister(4, PAE);
    p.state.setControlRegister(0, cr0);
    return p;
  }

  test.each([
    { what: 'a load of CR3', cr0: 0x11 | PG, run: (p: TestProcessor) => writeControl(p, 3, 0x5000), loaded: [0x5000] },
    { what: 'setting CR0.PG', cr0: 0x11, run: (p: TestProcessor) => writeControl(p, 0, 0x11 | PG), loaded: [0x4000] },
    {
      what: 'changing CR0.CD',
      cr0: 0x11 | PG,
      run: (p: TestProcessor) => writeControl(p, 0, 0x4000_0011 | PG),
      loaded: [0x4000],
    },
    {
      what: 'changing CR4.PGE',
      cr0: 0x11 | PG,
      run: (p: TestProcessor) => writeControl(p, 4, PAE | 0x80),
      loaded: [0x4000],
    },
  ])('are loaded by $what, and refused with #GP(0)', ({ cr0, run, loaded }) => {
    const p = withPae(cr0);
    run(p);
    expect(p.loadedPagePointers).toEqual(loaded);
    const refusing = withPae(cr0);
    refusing.arePagePointersValid = false;
    expect(faultOf(refusing, () => run(refusing))).toBe('#GP(0)');
  });

  test.each([
    { what: 'CR3 without paging', cr0: 0x11, run: (p: TestProcessor) => writeControl(p, 3, 0x5000) },
    { what: 'CR0.WP', cr0: 0x11 | PG, run: (p: TestProcessor) => writeControl(p, 0, 0x1_0011 | PG) },
    { what: 'CR4.TSD', cr0: 0x11 | PG, run: (p: TestProcessor) => writeControl(p, 4, PAE | 4) },
  ])('are not touched by $what', ({ cr0, run }) => {
    const p = withPae(cr0);
    run(p);
    expect(p.loadedPagePointers).toEqual([]);
  });
});

test.each([1, 5, 6, 7, 8])('CR%i does not exist', (index) => {
  const p = protectedProcessor();
  expect(faultOf(p, () => void readControl(p, index))).toBe('#UD');
  expect(faultOf(p, () => writeControl(p, index, 0))).toBe('#UD');
});

describe('above level 0', () => {
  test.each<{ what: string; run: (p: TestProcessor) => void }>([
    { what: 'MOV from CR', run: (p) => void readControl(p, 0) },
    { what: 'MOV to CR', run: (p) => writeControl(p, 3, 0) },
    { what: 'LMSW', run: (p) => loadStatusWord(p, 1) },
    { what: 'CLTS', run: (p) => clearTaskSwitched(p) },
    { what: 'MOV from DR', run: (p) => void readDebug(p, 0) },
    { what: 'MOV to DR', run: (p) => writeDebug(p, 0, 0) },
    { what: 'HLT', run: (p) => systemHelpers.halt(p) },
    { what: 'INVLPG', run: (p) => systemHelpers.invalidatePage(p, 0) },
    { what: 'WBINVD', run: (p) => systemHelpers.writeBackCaches(p) },
    { what: 'LGDT', run: (p) => systemHelpers.loadDescriptorTable(p, 0, 0, 0) },
    { what: 'RDMSR', run: (p) => systemHelpers.readMsr(p) },
    { what: 'WRMSR', run: (p) => systemHelpers.writeMsr(p) },
  ])('$what is #GP(0)', ({ run }) => {
    const p = protectedProcessor(1);
    expect(faultOf(p, () => run(p))).toBe('#GP(0)');
  });
});

test('HLT and INVLPG reach the engine at level 0', () => {
  const p = protectedProcessor();
  systemHelpers.halt(p);
  systemHelpers.invalidatePage(p, 0xffff_f000 | 0);
  expect(p.state.getInt(STATE.halted)).toBe(1);
  expect(p.flushes).toEqual(['page fffff000']);
});

describe('debug registers', () => {
  test('DR6 and DR7 keep their fixed bits', () => {
    const p = realProcessor();
    writeDebug(p, 6, 0);
    writeDebug(p, 7, -1);
    expect(readDebugOnce(p)).toEqual([0xffff_0ff0, 0xffff_27ff]);
  });

  test('DR4 and DR5 are DR6 and DR7, unless CR4.DE is set', () => {
    const p = protectedProcessor();
    writeDebug(p, 5, 0x401);
    expect(readDebug(p, 7)).toBe(0x401);
    p.state.setControlRegister(4, 8);
    expect(faultOf(p, () => void readDebug(p, 4))).toBe('#UD');
  });

  test('any access is #DB while DR7.GD is set, and DR6 says why', () => {
    const p = protectedProcessor();
    p.state.setDebugRegister(7, 0x2400);
    expect(raisedBy(() => writeDebug(p, 0, 1))).toBe('#DB');
    expect(p.state.debugRegister(6)).toBe(0xffff_2ff0);
    expect(p.state.debugRegister(0)).toBe(0);
  });
});

/** DR6 and DR7 behind the guest's back: GD may be set. */
function readDebugOnce(p: TestProcessor): number[] {
  return [p.state.debugRegister(6), p.state.debugRegister(7)];
}
