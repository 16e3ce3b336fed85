import { beforeEach, expect, test, vi } from 'vitest';
import type { DisassemblyLine } from '../../../src-preload/contract/debugging.ts';
import { useDisassembly, type DisassemblyView } from '../../../src-renderer/features/code/disassembly.ts';

interface Disassembly {
  readonly current: number;
  readonly lines: readonly DisassemblyLine[];
}
/** Requests that nobody has answered yet, in their order. */
let waiting: ((value: Disassembly) => void)[];

vi.mock('../../../src-renderer/app/bridge.ts', () => ({
  bridge: () => ({
    call: () => new Promise((resolve) => waiting.push((value: Disassembly) => resolve({ ok: true, value }))),
  }),
}));

beforeEach(() => (waiting = []));

function codeAt(linearAddress: number, current: number): Disassembly {
  const bytes = Uint8Array.of(0x90);
  return { current, lines: [{ linearAddress, bytes, text: 'nop', mnemonic: 'nop', operands: '', sensitive: false }] };
}

/** Answers the oldest request; what waits for it goes on. */
async function answer(value: Disassembly): Promise<void> {
  waiting.shift()?.(value);
  await new Promise((resolve) => setTimeout(resolve));
}

test.each([
  ['lines before the first', (view: DisassemblyView) => void view.extend('up')],
  ['the same lines once more', (view: DisassemblyView) => void view.refresh()],
])('%s, asked for while an address was on its way, do not take its place', async (_name, ask) => {
  const view = useDisassembly('vm-1', 0);
  void view.refresh();
  await answer(codeAt(0x1000, 0x1000));
  void view.goTo(0x5000);
  ask(view);
  await answer(codeAt(0x5000, 0x1000));
  await answer({ current: 0x1000, lines: [...codeAt(0xfff, 0).lines, ...codeAt(0x1000, 0).lines] });
  expect(view.lines.value.map(({ linearAddress }) => linearAddress)).toEqual([0x5000]);
});

test('an address that the user has gone to stays, though the code around the next instruction comes later', async () => {
  const view = useDisassembly('vm-1', 0);
  void view.refresh();
  await answer(codeAt(0x1000, 0x1000));
  void view.refresh(); // finds that the guest has moved on, and reads where it is
  await answer(codeAt(0x1000, 0x9000));
  void view.goTo(0x5000);
  await answer(codeAt(0x9000, 0x9000));
  await answer(codeAt(0x5000, 0x9000));
  expect(view.lines.value.map(({ linearAddress }) => linearAddress)).toEqual([0x5000]);
});
