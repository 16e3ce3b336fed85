import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, expect, test, vi } from 'vitest';
import type { SymbolFile } from '../../../src-preload/contract/symbols.ts';
import { useSymbols } from '../../../src-renderer/stores/symbols.ts';

const { answers } = vi.hoisted(() => ({ answers: new Map<string, Promise<unknown>[]>() }));
vi.mock('../../../src-renderer/app/bridge.ts', () => ({
  bridge: () => ({ call: (name: string) => answers.get(name)?.shift() }),
}));

function symbolFile(name: string): SymbolFile {
  const file = { token: name, name, displayPath: name };
  return { file, offset: 0, symbolCount: 1, lineCount: 0, problem: null };
}
const answered = (value: unknown): Promise<unknown> => Promise.resolve({ ok: true, value });

beforeEach(() => {
  setActivePinia(createPinia());
  answers.clear();
});

test('what was chosen while the former file was still being read stays', async () => {
  const symbols = useSymbols();
  answers.set('symbols:status', [answered(symbolFile('former'))]);
  await symbols.load('vm');
  let answer: (outcome: unknown) => void = () => undefined;
  answers.set('symbols:status', [new Promise((resolve) => (answer = resolve))]);
  answers.set('symbols:set', [answered(symbolFile('chosen'))]);
  const loading = symbols.load('vm');
  await symbols.set('vm', 'chosen');
  answer({ ok: true, value: symbolFile('former') });
  await loading;
  expect(symbols.byMachine.get('vm')?.file.name).toBe('chosen');
});

test('a machine that is looked at again shows what there is by then', async () => {
  const symbols = useSymbols();
  answers.set('symbols:status', [answered(null), answered(symbolFile('by the command line'))]);
  await symbols.load('vm');
  await symbols.load('vm');
  expect(symbols.byMachine.get('vm')?.file.name).toBe('by the command line');
});
