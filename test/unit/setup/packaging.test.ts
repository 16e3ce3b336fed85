import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

// The scripts are plain JavaScript without types.
const script = async (name: string): Promise<Record<string, (...args: unknown[]) => never>> =>
  (await import(pathToFileURL(path.resolve('scripts/packaging', name)).href)) as never;
const { noticesText } = await script('notices.mjs');
const { windowsIcon, appleIcon } = await script('iconFiles.mjs');
const { controlFile, desktopEntry } = await script('debianPackage.mjs');

const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
/** As long as its size says, and filled with it. */
const pictures = new Map(SIZES.map((size) => [size, Buffer.alloc(size, size % 251)]));

test('the notices name each package once, in order, with its licence', () => {
  const zod = { name: 'zod', version: '4.0.0', licence: 'MIT', text: 'Permission is granted.' };
  const axe = { name: 'axe', version: '1.0.0', licence: 'MPL-2.0', text: 'Mozilla' };
  const text: string = noticesText!([zod, axe, zod]);
  expect(text.match(/^\S+ \S+ \(.*\)$/gm)).toEqual(['axe 1.0.0 (MPL-2.0)', 'zod 4.0.0 (MIT)']);
  expect(text).toContain('Permission is granted.');
});

test('each entry of a Windows icon leads to its picture', () => {
  const icon: Buffer = windowsIcon!(pictures);
  const count = icon.readUInt16LE(4);
  const found = Array.from({ length: count }, (_, index) => {
    const entry = 6 + 16 * index;
    const [length, place] = [icon.readUInt32LE(entry + 8), icon.readUInt32LE(entry + 12)];
    return { size: icon[entry] || 256, picture: icon.subarray(place, place + length) };
  });
  expect(found.map(({ size }) => size)).toEqual([16, 24, 32, 48, 64, 128, 256]);
  for (const { size, picture } of found) expect(picture.equals(pictures.get(size)!)).toBe(true);
});

test('the elements of an Apple icon fill it to its end', () => {
  const icon: Buffer = appleIcon!(pictures);
  expect(icon.toString('latin1', 0, 4)).toBe('icns');
  expect(icon.readUInt32BE(4)).toBe(icon.length);
  let place = 8;
  const lengths: Record<string, number> = {};
  while (place < icon.length) {
    const length = icon.readUInt32BE(place + 4);
    lengths[icon.toString('latin1', place, place + 4)] = length - 8;
    place += length;
  }
  expect(lengths).toMatchObject({ ic07: 128, ic08: 256, ic09: 512, ic10: 1024 });
});

test('committed icons are what the containers of their pictures hold', async () => {
  const png = (size: number) => readFile(path.resolve('resources/icons/png', `${size}x${size}.png`));
  const icon = await readFile(path.resolve('resources/icons/vivarium.ico'));
  for (const size of [16, 32, 48, 256]) expect(icon.includes(await png(size))).toBe(true);
});

test('a Debian package asks for Electron’s libraries under either name', () => {
  const control: string = controlFile!({ version: '1.2.3', description: 'A thing: with two parts.', installedKiB: 7 });
  expect(control).toMatch(/^Version: 1\.2\.3$/m);
  expect(control).toMatch(/^Depends: .*libgtk-3-0 \| libgtk-3-0t64/m);
  expect(control).toMatch(/^Description: A thing\n with two parts\.\n$/m);
});

test('the desktop starts the window with the files that it is given', () => {
  expect(desktopEntry!()).toMatch(/^Exec=vivarium-desktop %F$/m);
});
