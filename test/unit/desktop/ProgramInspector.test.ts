import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileGrants } from '../../../src-main/control/files/FileGrants.ts';
import { ProgramInspector } from '../../../src-main/desktop/files/ProgramInspector.ts';
import { ProgramSources } from '../../../src-main/control/files/ProgramSources.ts';

let folder: string;
let grants: FileGrants;
let inspector: ProgramInspector;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vivarium inspect '));
  grants = new FileGrants();
  inspector = new ProgramInspector(new ProgramSources(grants, { samples: [], read: () => null }));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("assembling the editor's text", () => {
  test('gives bytes, listing and labels', () => {
    const outcome = inspector.assemble('a.asm', 'bits 16\norg 0x7c00\nstart: mov ax, 1\nhlt\n', null);
    if (!outcome.ok) throw new Error(outcome.problem.message);
    expect(outcome.value.diagnostics).toEqual([]);
    expect(outcome.value.bytes).toEqual(Uint8Array.of(0xb8, 1, 0, 0xf4));
    expect(outcome.value.symbols).toEqual([{ name: 'start', address: 0x7c00 }]);
    expect(outcome.value.listing.map(({ line, address }) => [line, address])).toEqual([[3, 0x7c00], [4, 0x7c03]]); // prettier-ignore
  });

  test('finds mistakes in their places', () => {
    const outcome = inspector.assemble('a.asm', 'bits 16\nmov ax, 1\n  bogus ax\n', null);
    expect(outcome).toMatchObject({ ok: true, value: { bytes: null, diagnostics: [{ line: 3, severity: 'error' }] } });
  });

  test('says what is wrong with a text that is nothing at all', () => {
    const outcome = inspector.assemble('notes.txt', '', null);
    expect(outcome).toMatchObject({ ok: true, value: { bytes: null, diagnostics: [{ severity: 'error' }] } });
  });

  test('includes files beside the source and none elsewhere', async () => {
    await mkdir(path.join(folder, 'inner'));
    await writeFile(path.join(folder, 'secret.bin'), 'x');
    await writeFile(path.join(folder, 'inner', 'data.bin'), 'y');
    const source = path.join(folder, 'inner', 'a.asm');
    const include = (name: string) => inspector.assemble('a.asm', `bits 16\nincbin "${name}"\n`, source);
    expect(include('data.bin')).toMatchObject({ ok: true, value: { bytes: Uint8Array.of(0x79) } });
    expect(include('../secret.bin')).toMatchObject({ ok: true, value: { bytes: null } });
    expect(include(path.join(folder, 'secret.bin'))).toMatchObject({ ok: true, value: { bytes: null } });
  });
});

describe('inspecting a file', () => {
  test('names its format', async () => {
    const file = path.join(folder, 'seed.txt');
    await writeFile(file, 'add\nsub\nhalt\n');
    const outcome = await inspector.inspect({ kind: 'file', token: grants.grant(file, 'read').token });
    expect(outcome).toMatchObject({ ok: true, value: { format: 'seed' } });
  });

  test.each([
    { name: 'nothing.asm', content: '' },
    { name: 'random', content: Uint8Array.of(0, 1, 2, 3) },
  ])('refuses $name with a message', async ({ name, content }) => {
    const file = path.join(folder, name);
    await writeFile(file, content);
    const outcome = await inspector.inspect({ kind: 'file', token: grants.grant(file, 'read').token });
    expect(outcome).toMatchObject({ ok: false, problem: { code: 'bad-program', values: { name } } });
  });

  test('refuses what is no BIOS image with a sentence that can be translated', async () => {
    const file = path.join(folder, 'rom.bin');
    await writeFile(file, 'x');
    const program = { kind: 'file', token: grants.grant(file, 'read').token } as const;
    const problem = { code: 'bad-program', text: 'no-bios-image', values: { name: 'rom.bin' } };
    expect(await inspector.inspect(program, { format: 'bios' })).toMatchObject({ ok: false, problem });
  });

  test('that is gone says so', async () => {
    const { token } = grants.grant(path.join(folder, 'gone.asm'), 'read');
    expect(await inspector.inspect({ kind: 'file', token })).toMatchObject({
      ok: false,
      problem: { code: 'file-unreadable' },
    });
  });
});
