import path from 'node:path';
import { expect, test } from 'vitest';
import { fileFor, isAppUrl } from '../../../src-main/desktop/window/appUrls.ts';

const folder = path.resolve('/app/renderer');

test.each([
  ['app://vivarium/', 'index.html'],
  ['app://vivarium/index.html?x#y', 'index.html'],
  ['app://vivarium/assets/a%20b.js', 'assets/a b.js'],
])('%s is a file of the page', (url, file) => {
  expect(fileFor(url, folder)).toBe(path.join(folder, file));
});

test.each([
  'app://vivarium/../../etc/passwd',
  'app://vivarium/%2e%2e/secret',
  'app://vivarium/..%2f..%2fetc%2fpasswd',
  'app://vivarium/a%00b',
  'app://other/index.html',
  'file:///etc/passwd',
  'nonsense',
  'app://vivarium/%',
])('%s leads nowhere outside', (url) => {
  const file = fileFor(url, folder);
  expect(file === null || file.startsWith(folder + path.sep)).toBe(true);
});

test.each([
  ['app://vivarium/index.html', true],
  ['app://vivarium.evil/index.html', false],
  ['https://vivarium/index.html', false],
])('%s is the app itself: %s', (url, expected) => {
  expect(isAppUrl(url)).toBe(expected);
});
