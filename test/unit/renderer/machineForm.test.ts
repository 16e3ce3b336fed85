import { expect, test } from 'vitest';
import {
  checkForm,
  formOf,
  newForm,
  settingsOf,
  type MachineForm,
} from '../../../src-renderer/features/machines/machineForm.ts';

const form: MachineForm = { ...newForm(), name: 'a' };

test.each<[Partial<MachineForm>, object]>([
  [{}, {}],
  [{ name: ' ' }, { name: 'required' }],
  [{ memoryMiB: '0' }, { memoryMiB: 'range' }],
  [{ memoryMiB: '2049' }, { memoryMiB: 'range' }],
  [{ memoryMiB: '1.5' }, { memoryMiB: 'range' }],
  [{ weight: '' }, { weight: 'range' }],
  [{ capPercent: '101' }, { capPercent: 'range' }],
  [{ capPercent: '25' }, {}],
  [{ sliceMs: '0' }, { sliceMs: 'range' }],
  [{ sliceMs: '100' }, {}],
  [{ pcpus: '0,2-3' }, {}],
  [{ pcpus: 'all' }, { pcpus: 'pcpus' }],
  [{ network: 'segment', segment: 'lab 1' }, { segment: 'segment' }],
  [{ network: 'segment', segment: 'lab-1' }, {}],
  [{ network: 'host', segment: '' }, {}],
])('%o has the problems %o', (changes, problems) => {
  expect(checkForm({ ...form, ...changes }, true)).toEqual(problems);
});

test('an empty cap is none, an empty slice as in the preferences, an empty name is left to main', () => {
  expect(settingsOf({ ...form, name: '' })).toEqual({
    memoryMiB: 16,
    weight: 100,
    capPercent: 0,
    pcpus: null,
    sliceMs: null,
    tier: 'auto',
    clock: 'host',
    network: null,
    adapterModel: null,
    hasConsole: false,
    hasSound: true,
    keyboardLayout: 'us',
    notes: '',
    group: null,
    autostart: false,
    checkpointMinutes: null,
    profile: 'pc',
    bootOrder: ['floppy', 'disk', 'cdrom'],
  });
});

test('a network is what the machine gets, and comes back into the form', () => {
  const segment = settingsOf({ ...form, network: 'segment', segment: ' lab ' });
  expect(segment.network).toEqual({ kind: 'segment', name: 'lab' });
  expect(settingsOf({ ...form, network: 'host' }).network).toEqual({ kind: 'host' });
  const settings = { ...segment, name: 'a', vcpuCount: 1, colour: 0, bootOrder: null } as Parameters<typeof formOf>[0];
  expect(formOf(settings)).toMatchObject({ network: 'segment', segment: 'lab' });
});

test('an adapter or a console that this kind of machine cannot have is not asked for', () => {
  const wishes = { ...form, adapter: 'virtio', hasConsole: true } as const;
  expect(settingsOf(wishes)).toMatchObject({ adapterModel: 'virtio', hasConsole: true });
  expect(settingsOf({ ...wishes, profile: 'isa' })).toMatchObject({ adapterModel: null, hasConsole: false });
});
