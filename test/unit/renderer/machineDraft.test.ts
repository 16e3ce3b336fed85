import { beforeEach, describe, expect, test } from 'vitest';
import type { FileUse, MachineProposal } from '../../../src-preload/contract/images.ts';
import {
  findDraftProblem,
  requestOf,
  takeProposal,
  type MachineDraft,
} from '../../../src-renderer/features/machines/machineDraft.ts';
import { newForm } from '../../../src-renderer/features/machines/machineForm.ts';

let draft: MachineDraft;

beforeEach(() => {
  draft = {
    origin: 'files',
    files: [],
    sampleId: 'hello',
    format: 'auto',
    address: '',
    bits: '16',
    commandLine: '',
    form: newForm(),
  };
});

function proposal(
  uses: Readonly<Record<string, FileUse | null>>,
  changes: Partial<MachineProposal> = {},
): MachineProposal {
  return {
    name: '',
    files: Object.entries(uses).map(([token, use]) => ({
      file: { token, name: token, displayPath: token },
      use,
      uses: ['program', 'initrd', 'hda', 'hdb', 'cdrom'],
      access: 'read-write' as const,
      summary: '',
      problem: null,
    })),
    profile: 'pc',
    memoryMiB: 256,
    bootOrder: ['cdrom', 'disk', 'floppy'],
    commandLine: '',
    hasKernel: false,
    isSystem: true,
    ...changes,
  };
}

test('a kernel with its initial RAM disk and a disk becomes one request', () => {
  takeProposal(draft, proposal({ kernel: 'program', initrd: 'initrd', disk: 'hda' }, { commandLine: 'console=tty0' }));
  expect(requestOf(draft, true)).toEqual({
    settings: expect.objectContaining({
      memoryMiB: 256,
      profile: 'pc',
      bootOrder: ['cdrom', 'disk', 'floppy'],
    }) as unknown,
    program: { kind: 'file', token: 'kernel', initrd: 'initrd' },
    options: { commandLine: 'console=tty0' },
    drives: [{ slot: 'hda', token: 'disk', access: 'read-write' }],
    start: true,
  });
});

test('what the user chose for a file stays when more files come', () => {
  takeProposal(draft, proposal({ disk: 'hda' }));
  Object.assign(draft.files[0] ?? {}, { use: 'hdb', access: 'overlay' });
  draft.form.memoryMiB = '1024';
  takeProposal(draft, proposal({ disk: 'hda', cd: 'cdrom' }));
  expect(draft.files.map(({ use, access }) => [use, access])).toEqual([
    ['hdb', 'overlay'],
    ['cdrom', 'read-write'],
  ]);
  expect(draft.form.memoryMiB).toBe('1024');
});

describe('a draft that cannot be made', () => {
  test.each([
    [{}, 'pc', { token: null, key: 'nothing' }],
    [{ a: null }, 'pc', { token: null, key: 'nothing' }],
    [{ a: 'hda', b: 'hda' }, 'pc', { token: 'b', key: 'twice' }],
    [{ a: 'hda' }, 'micro', { token: 'a', key: 'noSuchDrive' }],
    [{ a: 'initrd' }, 'pc', { token: 'a', key: 'initrdAlone' }],
    [{ a: 'program', b: 'initrd', c: 'hda' }, 'pc', null],
  ] as const)('%o of the kind %s: %o', (uses, profile, problem) => {
    takeProposal(draft, proposal(uses));
    draft.form.profile = profile;
    expect(findDraftProblem(draft)).toEqual(problem);
  });
});

test('a sample takes no files along', () => {
  takeProposal(draft, proposal({ disk: 'hda' }));
  draft.origin = 'sample';
  expect(requestOf(draft, false)).toMatchObject({ program: { kind: 'sample', sampleId: 'hello' }, drives: [] });
});

test('a BIOS with its VGA BIOS starts in place of a program, with what the drives hold', () => {
  takeProposal(draft, proposal({ rom: 'bios', vga: 'vgabios', disk: 'hda' }));
  expect(findDraftProblem(draft)).toBeNull();
  expect(requestOf(draft, false)).toMatchObject({
    program: { kind: 'file', token: 'rom', vgaBios: 'vga' },
    options: { format: 'bios' },
    drives: [{ slot: 'hda', token: 'disk' }],
  });
});

test.each([
  [{ rom: 'bios', prog: 'program' }, 'rom', 'biosWithProgram'],
  [{ vga: 'vgabios' }, 'vga', 'vgaBiosAlone'],
] as const)('%o cannot be made', (uses, token, key) => {
  takeProposal(draft, proposal(uses));
  expect(findDraftProblem(draft)).toEqual({ token, key });
});
