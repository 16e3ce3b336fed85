import { beforeEach, expect, test } from 'vitest';
import { ReadersAndWriters } from '../../../../src-main/hypervisor/storage/ReadersAndWriters.ts';

let turns: ReadersAndWriters;
let log: string[];
beforeEach(() => {
  turns = new ReadersAndWriters();
  log = [];
});

/** Notes when it begins, and ends when it is let. */
function action(name: string): { readonly run: () => Promise<void>; readonly end: () => void } {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const run = async (): Promise<void> => {
    log.push(name);
    await ended;
  };
  return { run, end };
}

/** Once whatever can begin has begun. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('readers read beside each other and beside an addition; additions come one after the other', async () => {
  const [a, b, first, second] = [action('a'), action('b'), action('first'), action('second')];
  const all = [turns.read(a.run), turns.add(first.run), turns.add(second.run), turns.read(b.run)];
  await settled();
  expect(log.toSorted()).toEqual(['a', 'b', 'first']);
  first.end();
  await settled();
  expect(log.at(-1)).toBe('second');
  for (const each of [a, b, second]) each.end();
  await Promise.all(all);
});

test('a removal waits for those who read, and those who come while it removes wait for it', async () => {
  const [early, removal, late] = [action('early'), action('removal'), action('late')];
  const all = [turns.read(early.run), turns.remove(removal.run)];
  await settled();
  expect(log).toEqual(['early']);
  early.end();
  await settled();
  expect(log).toEqual(['early', 'removal']);
  all.push(turns.read(late.run));
  await settled();
  expect(log).toEqual(['early', 'removal']);
  removal.end();
  await settled();
  expect(log).toEqual(['early', 'removal', 'late']);
  late.end();
  await Promise.all(all);
});

test('a removal that waits for a long reading holds up nobody', async () => {
  const [long, removal, late, addition] = [action('long'), action('removal'), action('late'), action('addition')];
  const all = [turns.read(long.run), turns.remove(removal.run), turns.read(late.run), turns.add(addition.run)];
  await settled();
  expect(log.toSorted()).toEqual(['addition', 'late', 'long']);
  for (const each of [addition, late, long]) each.end();
  await settled();
  expect(log.at(-1)).toBe('removal');
  let isIdle = false;
  const idle = turns.idle().then(() => (isIdle = true));
  await settled();
  expect(isIdle).toBe(false);
  removal.end();
  await Promise.all([...all, idle]);
});

test('what fails holds nobody up', async () => {
  const fail = (): Promise<never> => Promise.reject(new Error('failed'));
  await expect(turns.remove(fail)).rejects.toThrow('failed');
  await expect(turns.add(fail)).rejects.toThrow('failed');
  await expect(turns.read(fail)).rejects.toThrow('failed');
  await expect(turns.remove(() => Promise.resolve('done'))).resolves.toBe('done');
  await turns.idle();
});
