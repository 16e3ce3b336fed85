import { describe, expect, test } from 'vitest';
import { DeviceSurvey } from '../../../../src-main/hypervisor/inspection/DeviceSurvey.ts';
import type { TranslatedMachineOptions } from '../../../../src-main/hypervisor/TranslatedMachine.ts';
import type { RegisterReading } from '../../../../src-main/machine/describe/RegisterReading.ts';
import { PROFILES } from '../../../../src-main/machine/profiles/profiles.ts';
import { type AssembledMachine, assembledMachine, bareMachine } from '../../../support/machine/assembledMachine.ts';

/** With everything that a machine of the profile may have. */
const EVERYTHING: Partial<TranslatedMachineOptions> = {
  macAddress: Uint8Array.of(0x52, 0x54, 0, 1, 2, 3),
  hasConsole: true,
  sinks: { sound: () => undefined },
};
/** State that no datasheet names, or none that a user could make anything of. */
const UNTOLD = ['wires0', 'vga0-memory', 'mixer', 'apm0', 'pci0', 'power-qemu', 'power-bochs', 'power-text'];

function valueOf(registers: readonly RegisterReading[], name: string, part?: string): number | string | undefined {
  const found = registers.find((each) => each.name === name && each.part === part);
  return found && ('value' in found ? found.value : found.text);
}

/** A field's value, cut from its register. */
function fieldOf(
  registers: readonly RegisterReading[],
  name: string,
  field: string,
  part?: string,
): number | undefined {
  const found = registers.find((each) => each.name === name && each.part === part);
  const bits = found && 'fields' in found ? found.fields.find((each) => each.name === field) : undefined;
  if (!found || !('value' in found) || !bits) return undefined;
  return Math.floor(found.value / 2 ** bits.low) % 2 ** (bits.high - bits.low + 1);
}

function registersOf({ machine }: AssembledMachine, id: string): readonly RegisterReading[] {
  return machine.chipset.describe(id) ?? [];
}

describe.each(PROFILES)('profile $name', (profile) => {
  test('every device has its registers described, or is known to have nothing to tell', async () => {
    const { machine } = await bareMachine({ ...EVERYTHING, profile });
    const listed = machine.chipset.list().map(({ id }) => id);
    const known = [...Object.keys(machine.chipset.save()), ...(machine.chipset.pci?.pci.ids() ?? [])];
    expect(known.filter((id) => !listed.includes(id) && !UNTOLD.includes(id))).toEqual([]);
    for (const id of listed) {
      const registers = machine.chipset.describe(id);
      expect(registers?.length, id).toBeGreaterThan(0);
      for (const reading of registers ?? []) {
        if (!('value' in reading)) continue;
        expect(Number.isSafeInteger(reading.value) && reading.value >= 0, `${id} ${reading.name}`).toBe(true);
        expect(reading.value, `${id} ${reading.name}`).toBeLessThan(2 ** reading.bits);
        for (const { high } of reading.fields) expect(high, `${id} ${reading.name}`).toBeLessThan(reading.bits);
      }
    }
  });

  test('to look at a device changes nothing in the machine', async () => {
    const { machine } = await bareMachine({ ...EVERYTHING, profile });
    const before = JSON.stringify(machine.save());
    for (const { id } of machine.chipset.list()) machine.chipset.describe(id);
    machine.chipset.interruptRouting();
    expect(JSON.stringify(machine.save())).toBe(before);
  });
});

test('registers and their fields hold what the guest has written', async () => {
  const machine = await assembledMachine(`
    mov al, 0x36
    out 0x43, al
    mov al, 0xa9
    out 0x40, al
    mov al, 0x04
    out 0x40, al
    mov dx, 0x3fb
    mov al, 0x83
    out dx, al
    mov dx, 0x3f8
    mov al, 12
    out dx, al
    mov al, 0x03
    mov dx, 0x3fb
    out dx, al
    mov al, 0xf5
    out 0x21, al
    mov al, 0x8b
    out 0x70, al
    mov al, 0x42
    out 0x71, al
    hlt`);
  machine.machine.run({ instructions: 100 });
  const pit = registersOf(machine, 'pit0');
  expect([valueOf(pit, 'Mode', 'Counter 0'), valueOf(pit, 'CR', 'Counter 0')]).toEqual([3, 0x4a9]);
  expect(valueOf(pit, 'Rate', 'Counter 0')).toBe('1000.15 Hz');
  const uart = registersOf(machine, 'com1');
  expect([valueOf(uart, 'Rate'), fieldOf(uart, 'LCR', 'length'), fieldOf(uart, 'LCR', 'DLAB')]).toEqual([
    '9600 baud',
    3,
    0,
  ]);
  const pic = registersOf(machine, 'pic0');
  expect([valueOf(pic, 'IMR'), fieldOf(pic, 'IMR', 'IRQ 1'), fieldOf(pic, 'IMR', 'IRQ 0')]).toEqual([0xf5, 0, 1]);
  const rtc = registersOf(machine, 'rtc0');
  expect([valueOf(rtc, 'Index'), fieldOf(rtc, 'B', 'PIE'), valueOf(rtc, 'Date')]).toEqual([0x0b, 1, '2000-01-01']);
});

test('a PCI function shows its configuration space beside its own registers', async () => {
  const machine = await bareMachine(EVERYTHING);
  const ide = registersOf(machine, 'piix-ide');
  expect(valueOf(ide, 'ID', 'PCI')).toBe('8086:7010');
  expect(fieldOf(ide, 'Command', 'I/O', 'PCI')).toBe(1);
  expect(valueOf(ide, 'Status', 'BMI primary')).toBe(0);
  expect(machine.machine.chipset.list().find(({ id }) => id === 'piix-ide')?.pciPlace).toBe('00:01.1');
});

test('interrupts are counted on their way: the device’s requests, what the 8259 took, and its vector', async () => {
  const machine = await assembledMachine(`
    mov word [0x20], tick
    mov word [0x22], 0
    mov al, 0xfe
    out 0x21, al
    mov al, 0x34
    out 0x43, al
    xor al, al
    out 0x40, al
    mov al, 0x10
    out 0x40, al
    sti
  again:
    hlt
    cmp cx, 3
    jb again
    cli
    hlt
  tick:
    inc cx
    mov al, 0x20
    out 0x20, al
    iret`);
  machine.machine.run({ instructions: 10_000 });
  const { routes, processors, pciLines } = machine.machine.chipset.interruptRouting();
  const timer = routes.find(({ irq }) => irq === 0);
  expect(timer?.drivers.find(({ owner }) => owner === 'pit0')?.requests).toBeGreaterThanOrEqual(3);
  expect(timer?.pic).toMatchObject({ vector: 8, isMasked: false, isInService: false, taken: 3 });
  expect(timer?.ioApic).toMatchObject({ pin: 2, isMasked: true, sent: 0 });
  expect(processors).toEqual([{ vcpu: 0, localApic: { isEnabled: false, acceptsPic: true, taken: [] } }]);
  expect(pciLines.map(({ name, irq }) => `${name} ${irq}`)).toEqual([
    'PIRQA# 10',
    'PIRQB# 10',
    'PIRQC# 11',
    'PIRQD# 11',
  ]);
});

test('physical memory is mapped by what answers it, without gaps', async () => {
  const parts = await bareMachine(EVERYTHING);
  const map = new DeviceSurvey(parts).memoryMap();
  const at = (address: number): string | null | undefined => {
    const range = map.find(({ first, byteLength }) => address >= first && address < first + byteLength);
    return range?.kind === 'device' ? range.device : range?.kind;
  };
  expect(at(0)).toBe('ram');
  expect(at(parts.memory.ramBytes)).toBe('none');
  expect(at(0xfec0_0000)).toBe('ioapic0');
  expect(at(0xfed0_0000)).toBe('hpet0');
  expect(at(0xfee0_0000)).toBe('lapic0');
  expect(map.some(({ kind }) => kind === 'video')).toBe(true);
  let next = 0;
  for (const { first, byteLength } of map) {
    expect(first).toBe(next);
    next = first + byteLength;
  }
  expect(next).toBe(2 ** 32);
});

test('a device is listed with where it answers and how often it was reached', async () => {
  const parts = await assembledMachine('mov al, 0x34\nout 0x43, al\nin al, 0x40\nhlt');
  const survey = new DeviceSurvey(parts);
  const before = survey.list().find(({ id }) => id === 'pit0');
  parts.machine.run({ instructions: 10 });
  const pit = survey.list().find(({ id }) => id === 'pit0');
  expect(pit?.places).toEqual([{ space: 'port', first: 0x40, byteLength: 4 }]);
  expect([(pit?.writes ?? 0) - (before?.writes ?? 0), (pit?.reads ?? 0) - (before?.reads ?? 0)]).toEqual([1, 1]);
});
