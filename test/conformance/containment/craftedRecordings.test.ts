import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommandLine } from '../../../src-main/cli/commandLine.ts';
import { EXIT_STATUS } from '../../../src-main/cli/ExitStatus.ts';
import { decodeSections, encodeSections } from '../../../src-main/hypervisor/storage/SectionFile.ts';
import { newQcow2 } from '../../../src-main/machine/images/qcow2/Qcow2Header.ts';
import { TestTerminal } from '../../support/cli/TestTerminal.ts';
import { EDGES, Random } from '../../support/engine/Random.ts';
import { leavesOf, put } from '../../support/containment/plainValues.ts';

const FILES = 40;
const WRONG: readonly unknown[] = [
  null,
  -1,
  1e99,
  0.5,
  'x',
  '../../x',
  [],
  {},
  [300],
  true,
  2 ** 32,
  2 ** 53,
  ...EDGES,
];
/** Adds up what the first sector of its disk holds, and halts. */
const PROGRAM = `mov ax, 0x0201\nmov cx, 1\nmov dx, 0x80\nmov bx, 0x7e00\nint 0x13\nmov ah, 0x0e\nmov al, [0x7e00]
mov dx, 0x3f8\nout dx, al\ncli\nhlt`;

type Sections = Map<string, Uint8Array>;

let folder: string;
let whole: Uint8Array;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'vivarium crafted '));
  writeFileSync(at('a.asm'), PROGRAM);
  writeFileSync(at('disk.img'), new Uint8Array(1 << 20).fill(0x2e));
  const args = ['record', at('a.asm'), '--hda', at('disk.img'), '--keys', 'ab', '--out', at('good.rec')];
  expect(await runCommandLine(args, new TestTerminal())).toBe(EXIT_STATUS.success);
  whole = readFileSync(at('good.rec'));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => path.join(folder, name);

/** The good recording with some of its sections changed: all its checksums are right. */
function crafted(change: (sections: Sections) => void): string {
  const decoded = decodeSections(whole, 'RECD', { newestVersion: 1, mostBytes: 2 ** 30 });
  if (!decoded.ok) throw new Error(decoded.message);
  const sections: Sections = new Map([...decoded.sections].map(([name, bytes]) => [name, bytes.slice()]));
  change(sections);
  const file = encodeSections(
    'RECD',
    1,
    [...sections].map(([name, bytes]) => ({ name, bytes })),
  );
  writeFileSync(at('crafted.rec'), file);
  return at('crafted.rec');
}

function changeJson<Value>(sections: Sections, name: string, change: (value: Value) => void): void {
  const value = JSON.parse(new TextDecoder().decode(sections.get(name))) as Value; // As a recording has it.
  change(value);
  sections.set(name, new TextEncoder().encode(JSON.stringify(value)));
}

async function replay(file: string): Promise<{ status: number; output: string; complaints: string }> {
  const terminal = new TestTerminal();
  const status = await runCommandLine(['replay', file], terminal);
  return { status, output: terminal.output, complaints: terminal.complaints.join('\n') };
}

function spoil(sections: Sections, random: Random): string {
  const name = random.pick([...sections.keys()]);
  const bytes = sections.get(name) ?? new Uint8Array();
  if (!['definition', 'inputs', 'end', 'files'].includes(name) || random.chance(15)) {
    if (random.chance(30)) sections.delete(name);
    else if (random.chance(40)) sections.set(name, bytes.subarray(0, random.below(bytes.length + 1)));
    else if (bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256);
    return `section ${name}`;
  }
  let what = name;
  changeJson<unknown>(sections, name, (value) => {
    const place = random.pick(leavesOf(value));
    const wrong = random.pick(WRONG);
    put(value, place, wrong);
    what = `${name}: ${place.join('.')} = ${String(wrong)}`;
  });
  return what;
}

describe('a recording crafted by an attacker, with right checksums,', () => {
  test('is refused, or goes no further than its guest may', { timeout: 300_000 }, async () => {
    const before = readdirSync(folder).toSorted();
    let refused = 0;
    for (let seed = 0; seed < FILES; seed++) {
      const random = new Random(seed);
      let what = '';
      const file = crafted((sections) => (what = spoil(sections, random)));
      const { status, complaints } = await replay(file);
      expect(Object.values<number>(EXIT_STATUS), `file ${seed}, ${what}`).toContain(status);
      expect(complaints, `file ${seed}, ${what}`).not.toMatch(/\.ts:\d+|internal/i);
      refused += status === EXIT_STATUS.success ? 0 : 1;
    }
    expect(refused).toBeGreaterThan(FILES / 3);
    expect(readdirSync(folder).toSorted()).toEqual([...new Set([...before, 'crafted.rec'])].toSorted());
  });

  test('reads no file of this computer that it does not hold the content of', async () => {
    writeFileSync(at('secret'), new Uint8Array(1 << 20).fill(0x53));
    const file = crafted((sections) =>
      changeJson<{ drives: { files: { file: string }[] } }>(sections, 'definition', ({ drives }) => {
        for (const drive of drives.files) drive.file = at('secret');
      }),
    );
    const { status, output, complaints } = await replay(file);
    expect([status, output]).toEqual([EXIT_STATUS.usage, '']);
    expect(complaints).toMatch(/secret is not in the recording, though a drive of it needs it/);
  });

  test('nor through an image in it that names such a file as what it relies on', async () => {
    writeFileSync(at('secret'), new Uint8Array(1 << 20).fill(0x53));
    const bait = newQcow2({ byteLength: 1 << 20, backing: { name: at('secret'), format: 'raw' } });
    const file = crafted((sections) => {
      changeJson<{ name: string; section: string }[]>(sections, 'files', (files) => {
        const image = files.find(({ name }) => name === at('disk.img'));
        sections.set(image?.section ?? '', bait);
      });
    });
    const { status, output, complaints } = await replay(file);
    expect([status, output]).toEqual([EXIT_STATUS.usage, '']);
    expect(complaints).toMatch(/secret is not in the recording/);
  });

  test.each([
    [{ kind: 'register', vcpu: 7, name: 'eax', value: '1' }, /There is no vCPU 7/],
    [{ kind: 'memory', physicalAddress: 2 ** 52, bytes: 'AAAA' }, /The machine’s memory ends at/],
    [{ kind: 'register', vcpu: 0, name: '__proto__', value: '1' }, /its section inputs makes no sense/],
  ])('says where an input leads nowhere: %o', async (input, message) => {
    const file = crafted((sections) =>
      changeJson<unknown[]>(sections, 'inputs', (inputs) => {
        inputs.splice(0, inputs.length, { at: { instructions: 0, guestTimeNs: 0, interrupts: 0 }, input });
      }),
    );
    const { status, complaints, output } = await replay(file);
    expect(status).not.toBe(EXIT_STATUS.success);
    expect(complaints + output).toMatch(message);
  });
});
