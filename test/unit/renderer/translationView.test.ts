import { beforeEach, expect, test, vi } from 'vitest';
import type { Translation } from '../../../src-preload/contract/inspection.ts';
import { useTranslationView } from '../../../src-renderer/features/translation/translationView.ts';

interface Request {
  readonly vcpu?: number;
  readonly linearAddress?: number;
}
/** Requests that nobody has answered yet, in their order. */
let waiting: { readonly request: Request; readonly answer: (value: Translation) => void }[];

vi.mock('../../../src-renderer/app/bridge.ts', () => ({
  bridge: () => ({
    call: (_name: string, request: Request) =>
      new Promise((resolve) => waiting.push({ request, answer: (value) => resolve({ ok: true, value }) })),
  }),
}));

beforeEach(() => (waiting = []));

function codeAt(linearAddress: number, current: number): Translation {
  const line = {
    linearAddress,
    bytes: Uint8Array.of(0x90),
    text: 'nop',
    mnemonic: 'nop',
    operands: '',
    sensitive: false,
  };
  return { current, lines: [{ line, block: null, isFirst: false, record: null, steps: [] }], blocks: [], regions: [] };
}

/** Answers the oldest request; what waits for it goes on. */
async function answer(value: Translation): Promise<Request | undefined> {
  const next = waiting.shift();
  next?.answer(value);
  await Promise.resolve().then(() => undefined);
  await new Promise((resolve) => setTimeout(resolve));
  return next?.request;
}

test('an address that the user has gone to stays, though the code around the next instruction comes later', async () => {
  const view = useTranslationView('vm-1', () => 0);
  void view.refresh(true);
  await answer(codeAt(0x1000, 0x1000));
  void view.refresh(true); // finds that the guest has moved on, and reads where it is
  await answer(codeAt(0x1000, 0x9000));
  void view.goTo(0x5000);
  const [follow, visit] = waiting.splice(0);
  expect([follow?.request.linearAddress, visit?.request.linearAddress]).toEqual([undefined, 0x5000]);
  visit?.answer(codeAt(0x5000, 0x9000));
  follow?.answer(codeAt(0x9000, 0x9000));
  await new Promise((resolve) => setTimeout(resolve));
  expect(view.translation.value.lines[0]?.line.linearAddress).toBe(0x5000);
});

test('of two addresses the later one is shown, whichever answer comes first', async () => {
  const view = useTranslationView('vm-1', () => 0);
  void view.goTo(0x1000);
  void view.goTo(0x2000);
  const [first, second] = waiting.splice(0);
  second?.answer(codeAt(0x2000, 0));
  first?.answer(codeAt(0x1000, 0));
  await new Promise((resolve) => setTimeout(resolve));
  expect(view.translation.value.lines[0]?.line.linearAddress).toBe(0x2000);
});

test('what has not been answered yet is not taken for nothing', async () => {
  const view = useTranslationView('vm-1', () => 0);
  void view.refresh(true);
  expect(view.isKnown.value).toBe(false);
  await answer({ current: 0, lines: [], blocks: [], regions: [] });
  expect(view.isKnown.value).toBe(true);
});

test('a processor that is chosen while another one is read is read after it', async () => {
  let vcpu = 0;
  const view = useTranslationView('vm-1', () => vcpu);
  void view.refresh(true);
  vcpu = 1;
  void view.refresh(true);
  await answer(codeAt(0x1000, 0x1000));
  expect(await answer(codeAt(0x1000, 0x2000))).toMatchObject({ vcpu: 1, linearAddress: 0x1000 });
  expect(await answer(codeAt(0x2000, 0x2000))).toMatchObject({ vcpu: 1 });
  expect(view.translation.value.current).toBe(0x2000);
});

test('an address that the user is on the way to is not left again for the place before it', async () => {
  const view = useTranslationView('vm-1', () => 0);
  void view.refresh(false);
  await answer(codeAt(0x1000, 0x1000));
  void view.goTo(0x5000);
  void view.refresh(false);
  await answer(codeAt(0x5000, 0x1000));
  expect(await answer(codeAt(0x5000, 0x1000))).toMatchObject({ linearAddress: 0x5000 });
  expect(waiting).toEqual([]);
});

test('lines before the first, asked for before an address was gone to, do not take its place', async () => {
  const view = useTranslationView('vm-1', () => 0);
  void view.refresh(true);
  await answer(codeAt(0x1000, 0x1000));
  const isExtended = view.extend('up');
  void view.goTo(0x5000);
  await answer(codeAt(0x0ff0, 0x1000));
  await answer(codeAt(0x5000, 0x1000));
  expect(await isExtended).toBe(false);
  expect(view.translation.value.lines[0]?.line.linearAddress).toBe(0x5000);
});
