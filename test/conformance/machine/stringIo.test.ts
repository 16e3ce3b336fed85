import { beforeAll, describe, expect, test } from 'vitest';
import { RCX, RDI, RSI } from '../../../src-main/engine/state/layout.ts';
import { compileThreadedHandlers } from '../../../src-main/hypervisor/threadedHandlers.ts';
import { openImage } from '../../../src-main/machine/images/openImage.ts';
import { assembledMachine, type AssembledMachine } from '../../support/machine/assembledMachine.ts';
import { MemoryImageHost } from '../../support/machine/MemoryImageHost.ts';

/** INS and OUTS with REP on the data register of an IDE disk, which moves many elements at once. */

beforeAll(compileThreadedHandlers, 60_000);

const SECTORS = 8;
const TARGET = 0x2_0000;

function disk(): Uint8Array {
  return Uint8Array.from({ length: 0x1_0000 }, (_, at) => (at * 7 + (at >> 8)) & 0xff);
}

const COMMAND = (command: number): string => `
  cli
  xor ax, ax
  mov ds, ax
  mov dx, 0x1f2
  mov al, ${SECTORS}
  out dx, al
  mov al, 0
  inc dx
  out dx, al
  inc dx
  out dx, al
  inc dx
  out dx, al
  inc dx
  mov al, 0xe0
  out dx, al
  inc dx
  mov al, ${command}
  out dx, al
  cld
`;

const WAIT = (label: string): string => `
${label}: mov dx, 0x1f7
  in al, dx
  and al, 0x88
  cmp al, 8
  jne ${label}
`;

/** Reads all sectors with instructions of one width, a sector a time. */
const READ = (instruction: string, bytes: number): string => `${COMMAND(0x20)}
  mov ax, ${TARGET >> 4}
  mov es, ax
  xor di, di
  mov bx, ${SECTORS}
sector: ${WAIT('wait')}
  mov dx, 0x1f0
  mov cx, ${512 / bytes}
  rep ${instruction}
  dec bx
  jnz sector
  hlt`;

async function machineWith(
  source: string,
  bytes = disk(),
): Promise<{ parts: AssembledMachine; host: MemoryImageHost }> {
  const host = new MemoryImageHost().put('c.img', bytes);
  const opened = openImage(host, 'c.img', 'read-write');
  if (!opened.ok) throw new Error(opened.message);
  return { parts: await assembledMachine(source, { drives: { images: { hda: opened.image } } }), host };
}

function registers({ processors: [processor] }: AssembledMachine): number[] {
  if (processor === undefined) throw new Error('no processor');
  const { state } = processor;
  return [state.eip, state.register(RCX), state.register(RDI), state.register(RSI), processor.retiredInstructions];
}

function hash(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => (Math.imul(sum, 31) + byte) | 0, 0);
}

describe.each([
  ['insb', 1],
  ['insw', 2],
  ['insd', 4],
] as const)('REP %s', (instruction, bytes) => {
  test('reads what the disk holds', async () => {
    const { parts } = await machineWith(READ(instruction, bytes));
    expect(parts.machine.run({ instructions: 100_000 })).toMatchObject({ reason: 'halted' });
    const read = parts.memory.ram(TARGET, SECTORS * 512);
    expect(hash(read)).toBe(hash(disk().subarray(0, SECTORS * 512)));
    const { portReads } = parts.machine
      .statistics()
      .devices.reduce((sum, { id, reads }) => ({ portReads: sum.portReads + (id === 'ide0' ? reads : 0) }), {
        portReads: 0,
      });
    expect(portReads).toBeGreaterThanOrEqual((SECTORS * 512) / bytes);
  });

  test('stops after any count of instructions where single steps do', async () => {
    const many = (await machineWith(READ(instruction, bytes))).parts;
    const single = (await machineWith(READ(instruction, bytes))).parts;
    // Bits and pieces of blocks, and over their ends.
    for (const count of [60, 1, 7, 100, 1, 130, 64, 250, 3]) {
      many.machine.run({ instructions: count });
      for (let step = 0; step < count; step++) single.machine.run({ instructions: 1 });
      expect(registers(many)).toEqual(registers(single));
      expect(hash(many.memory.ram(TARGET, 0x1000))).toBe(hash(single.memory.ram(TARGET, 0x1000)));
    }
  });
});

test('REP INSW over a segment’s end faults at the element that does not fit, having moved the others', async () => {
  const source = READ('insw', 2).replace('xor di, di', 'mov di, 0xff01');
  const { parts } = await machineWith(
    source.replace('cli', 'cli\nxor ax, ax\nmov ds, ax\nmov word [13 * 4], fault\nmov word [13 * 4 + 2], 0') +
      '\nfault: hlt',
  );
  parts.machine.run({ instructions: 10_000 });
  const [, cx, di] = registers(parts);
  // FF01h to FFFEh hold 127 words; the next would begin at the segment's last byte.
  expect([cx, di]).toEqual([256 - 127, 0xffff]);
  expect(hash(parts.memory.ram(TARGET + 0xff01, 254))).toBe(hash(disk().subarray(0, 254)));
});

test('REP INSW downwards takes the words one by one', async () => {
  const { parts } = await machineWith(READ('insw', 2).replace('xor di, di', 'mov di, 0x1ffe\nstd'));
  parts.machine.run({ instructions: 100_000 });
  const words = new Uint16Array(disk().slice(0, SECTORS * 512).buffer).reverse();
  expect(hash(parts.memory.ram(TARGET + 0x1000, 0x1000))).toBe(hash(new Uint8Array(words.buffer)));
});

test('REP OUTSW writes what memory holds', async () => {
  const { parts, host } = await machineWith(`${COMMAND(0x30)}
    mov si, 0x7c00
    mov bx, ${SECTORS}
  sector: ${WAIT('wait')}
    mov dx, 0x1f0
    mov cx, 256
    rep outsw
    dec bx
    jnz sector
  done: mov dx, 0x1f7
    in al, dx
    test al, 0x80
    jnz done
    mov dx, 0x1f7
    mov al, 0xe7
    out dx, al
    hlt`);
  expect(parts.machine.run({ instructions: 100_000 })).toMatchObject({ reason: 'halted' });
  parts.machine.chipset.drives.inside('hda')?.flush();
  expect(hash((host.files.get('c.img') ?? new Uint8Array()).subarray(0, SECTORS * 512))).toBe(
    hash(parts.memory.ram(0x7c00, SECTORS * 512)),
  );
});
