import { expect, test } from 'vitest';
import { checkForm, settingsOf, type MachineForm } from '../../../src-renderer/features/machines/machineForm.ts';

const form: MachineForm = { name: 'a', memoryMiB: '16', weight: '100', capPercent: '', clock: 'host', notes: '' };

test.each([
  [{}, {}],
  [{ name: ' ' }, { name: 'required' }],
  [{ memoryMiB: '0' }, { memoryMiB: 'range' }],
  [{ memoryMiB: '2049' }, { memoryMiB: 'range' }],
  [{ memoryMiB: '1.5' }, { memoryMiB: 'range' }],
  [{ weight: '' }, { weight: 'range' }],
  [{ capPercent: '101' }, { capPercent: 'range' }],
  [{ capPercent: '25' }, {}],
])('%o has the problems %o', (changes, problems) => {
  expect(checkForm({ ...form, ...changes }, true)).toEqual(problems);
});

test('an empty cap is none, an empty name is left to main', () => {
  expect(settingsOf({ ...form, name: '' })).toEqual({
    memoryMiB: 16,
    weight: 100,
    capPercent: 0,
    clock: 'host',
    notes: '',
  });
});
