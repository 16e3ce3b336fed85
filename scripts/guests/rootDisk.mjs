import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rootFiles } from './initialRamDisk.mjs';
import { run } from './run.mjs';

const DISK_SIZE = '32M';

/** A raw image of an ext4 file system, which needs no administrator: mke2fs fills it itself. */
export function makeRootDisk(file, busybox) {
  const tree = `${file}.tree`;
  rmSync(tree, { recursive: true, force: true });
  rmSync(file, { force: true });
  const { folders, files } = rootFiles(busybox);
  for (const folder of folders) mkdirSync(path.join(tree, folder), { recursive: true });
  for (const { name, contents } of files) {
    writeFileSync(path.join(tree, name), contents);
    chmodSync(path.join(tree, name), 0o755);
  }
  symlinkSync('busybox', path.join(tree, 'bin/sh'));
  run('mke2fs', ['-q', '-t', 'ext4', '-E', 'root_owner=0:0', '-d', tree, file, DISK_SIZE]);
  rmSync(tree, { recursive: true });
}
