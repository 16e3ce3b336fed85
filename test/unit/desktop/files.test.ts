import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandLineFiles } from '../../../src-main/desktop/files/commandLineFiles.ts';
import { FileGrants } from '../../../src-main/control/files/FileGrants.ts';

describe('files on the command line', () => {
  test.each([
    { argv: ['electron', '/app', 'a.asm', 'b.com'], packaged: false, files: ['/home/ada/a.asm', '/home/ada/b.com'] },
    { argv: ['vivarium', 'a.asm'], packaged: true, files: ['/home/ada/a.asm'] },
    { argv: ['electron', '/app', '--no-sandbox', '/x/a b.asm'], packaged: false, files: ['/x/a b.asm'] },
    { argv: ['electron', '--no-sandbox', '/app', 'a.asm'], packaged: false, files: ['/home/ada/a.asm'] },
    { argv: ['vivarium', '--', '-odd.asm'], packaged: true, files: ['/home/ada/-odd.asm'] },
    { argv: ['vivarium'], packaged: true, files: [] },
    { argv: ['electron', '/app'], packaged: false, files: [] },
  ])('$argv', ({ argv, packaged, files }) => {
    expect(commandLineFiles(argv, packaged, '/home/ada')).toEqual(files.map((file) => path.resolve(file)));
  });
});

describe('a grant', () => {
  test('stands for one file, whichever way it is named', () => {
    const grants = new FileGrants();
    const first = grants.grant('/a/b.asm', 'read');
    expect(grants.grant('/a/x/../b.asm', 'read').token).toBe(first.token);
    expect(grants.resolve(first.token, 'read')).toBe(path.resolve('/a/b.asm'));
  });

  test('to read is none to write, until the user says so', () => {
    const grants = new FileGrants();
    const { token } = grants.grant('/a/b.asm', 'read');
    expect(grants.resolve(token, 'write')).toBeNull();
    grants.grant('/a/b.asm', 'write');
    grants.grant('/a/b.asm', 'read');
    expect(grants.resolve(token, 'write')).not.toBeNull();
  });

  test('that nobody gave opens nothing', () => {
    expect(new FileGrants().resolve('/etc/passwd', 'read')).toBeNull();
  });
});
