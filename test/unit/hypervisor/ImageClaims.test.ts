import { expect, test, vi } from 'vitest';
import { ImageClaims } from '../../../src-main/hypervisor/ImageClaims.ts';
import { done, refused } from '../../../src-main/hypervisor/results.ts';
import type { ThreadDrive } from '../../../src-main/hypervisor/threads/ThreadMachine.ts';
import type { Result, VmDrive, VmState } from '../../../src-main/hypervisor/types.ts';
import type { VirtualMachine } from '../../../src-main/hypervisor/VirtualMachine.ts';

const written: VmDrive = { slot: 'floppy', path: '/images/floppy.img', access: 'read-write' };
type Answer = Promise<Result<readonly ThreadDrive[]>>;

/** As much of a machine as is asked about its images; one that is on remembers where it was. */
function machineOf(
  name: string,
  state: VmState,
  drives: readonly VmDrive[] = [],
  answer?: () => Answer,
): VirtualMachine {
  const stored = { name, drives, clock: 'instructions' };
  return { state, stored, ...(answer && { worker: {}, send: answer }) } as unknown as VirtualMachine;
}

const use = async (): Promise<Result<null>> => done(null);
const inUseBy = (name: string): object => ({
  ok: false,
  error: { code: 'drive-refused', text: { id: 'image-in-use', values: { file: 'floppy.img', name } } },
});

test('of two machines that are switched on at once, one gets the image that both would write', async () => {
  const [first, second] = [machineOf('first', 'off', [written]), machineOf('second', 'off', [written])];
  const claims = new ImageClaims(() => [first, second]);
  const results = await Promise.all([first, second].map((each) => claims.whileTaking(each, [written], use)));
  expect(results).toMatchObject([{ ok: true }, inUseBy('first')]);
  expect(await claims.whileTaking(second, [written], use)).toMatchObject({ ok: true });
});

test('an image is opened once those have answered that could go back to where they had it', async () => {
  let answer = (): void => undefined;
  const other = machineOf('other', 'running', [], () => new Promise((resolve) => (answer = () => resolve(done([])))));
  const own = machineOf('own', 'off');
  const opened = vi.fn(use);
  const taken = new ImageClaims(() => [own, other]).whileTaking(own, [written], opened);
  await new Promise((resolve) => setTimeout(resolve));
  expect(opened).not.toHaveBeenCalled();
  answer();
  expect(await taken).toMatchObject({ ok: true });
  expect(opened).toHaveBeenCalledOnce();
});

test.each<{ readonly what: string; readonly answer: Awaited<Answer>; readonly expected: object }>([
  {
    what: 'has just come back to where it writes it',
    answer: done([{ ...written, layerFile: null }]),
    expected: inUseBy('other'),
  },
  {
    what: 'has come back to where it only reads it, as we do',
    answer: done([{ ...written, access: 'overlay', layerFile: null }]),
    expected: { ok: true },
  },
  { what: 'does not answer', answer: refused('no-answer', ''), expected: inUseBy('other') },
  { what: 'has died', answer: refused('thread-died', ''), expected: { ok: true } },
])('of a machine that $what', async ({ answer, expected }) => {
  const other = machineOf('other', 'running', [], async () => answer);
  const own = machineOf('own', 'off');
  const drive: VmDrive = { ...written, access: 'read-only' };
  expect(await new ImageClaims(() => [own, other]).whileTaking(own, [drive], use)).toMatchObject(expected);
});
