import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withAllocator } from '../setup/allocator.mjs';

/** The executable that users and desktops start. */
export const WINDOW_COMMAND = 'vivarium-desktop';

/** Electron's own executable on Linux, behind the launcher of the window. */
const LINUX_ELECTRON = 'vivarium-electron';

const CLI = 'app.asar/out/main/cli.cjs';

/**
 * Puts the commands beside a packaged app: `bin/vivarium`, which runs the command line in Electron's executable as plain
 * Node, and on Linux the window's own launcher, since what the allocator is told has to be there before a process starts.
 */
export async function addLaunchers({ appOutDir, electronPlatformName, packager }) {
  if (electronPlatformName === 'linux') {
    const window = path.join(appOutDir, WINDOW_COMMAND);
    await rename(window, path.join(appOutDir, LINUX_ELECTRON));
    await writeScript(window, linuxScript('', `"$here/${LINUX_ELECTRON}" "$@"`));
    await writeScript(path.join(appOutDir, 'bin/vivarium'), linuxScript('/..', runAsNode(LINUX_ELECTRON, 'resources')));
  } else if (electronPlatformName === 'darwin') {
    const { productFilename } = packager.appInfo;
    const contents = path.join(appOutDir, `${productFilename}.app/Contents`);
    const text = script('/../..', runAsNode(`MacOS/${productFilename}`, 'Resources'));
    await writeScript(path.join(contents, 'Resources/bin/vivarium'), text);
  } else {
    const { productFilename } = packager.appInfo;
    const lines = [
      '@echo off',
      'setlocal',
      'set ELECTRON_RUN_AS_NODE=1',
      `"%~dp0..\\${productFilename}.exe" "%~dp0..\\resources\\${CLI.replaceAll('/', '\\')}" %*`,
    ];
    await writeScript(path.join(appOutDir, 'bin/vivarium.cmd'), `${lines.join('\r\n')}\r\n`);
  }
}

const runAsNode = (electron, resources) =>
  `env ELECTRON_RUN_AS_NODE=1 "$here/${electron}" "$here/${resources}/${CLI}" "$@"`;

/** @param up from the script's folder to `$here` */
function script(up, command, settings = []) {
  const lines = [
    '#!/bin/sh',
    // Commands on the PATH are links into the app's folder.
    'self=$0',
    'while [ -L "$self" ]; do',
    '  target=$(readlink "$self")',
    '  case $target in',
    '    /*) self=$target ;;',
    '    *) self=$(dirname "$self")/$target ;;',
    '  esac',
    'done',
    `here=$(cd "$(dirname "$self")${up}" && pwd)`,
    ...settings,
    `exec ${command}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** The user's own settings win. */
function linuxScript(up, command) {
  const settings = Object.entries(withAllocator({})).map(([name, value]) => `export ${name}="\${${name}-${value}}"`);
  return script(up, command, settings);
}

async function writeScript(file, text) {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  await chmod(file, 0o755);
}
