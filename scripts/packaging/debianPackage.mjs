import { chmod, cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inRoot } from '../setup/paths.mjs';
import { collect, SetupError } from '../setup/progress.mjs';
import { LIBRARY_PACKAGES } from '../setup/systemLibraries.mjs';
import { WINDOW_COMMAND } from './launchers.mjs';

const APP_FOLDER = 'opt/Vivarium';
const ICON_SIZES = [16, 24, 32, 48, 64, 128, 256, 512];

/**
 * Packs an unpacked app as a Debian package. dpkg-deb does it: electron-builder's way takes fpm, a Ruby of its own that is
 * downloaded, for the same few files.
 *
 * @param {{ appFolder: string, work: string, file: string, version: string, description: string, compression?: string }} job
 *   zstd is read by Debian 12, Ubuntu 22.04 and newer, and takes a tenth of xz's minutes
 */
export async function packDebian({ appFolder, work, file, version, description, compression = 'zstd' }) {
  await rm(work, { recursive: true, force: true });
  const place = (...parts) => path.join(work, ...parts);
  const write = async (target, text) => {
    await mkdir(path.dirname(place(target)), { recursive: true });
    await writeFile(place(target), text);
  };
  await mkdir(place('opt'), { recursive: true });
  const copied = await collect('cp', ['-a', '--reflink=auto', appFolder, place(APP_FOLDER)]);
  if (copied.status !== 0) throw new SetupError(`the app could not be copied to ${work}: ${copied.output.trim()}`);
  // Chromium's sandbox where the system refuses user namespaces.
  await chmod(place(APP_FOLDER, 'chrome-sandbox'), 0o4755);

  await mkdir(place('usr/bin'), { recursive: true });
  await symlink(`../../${APP_FOLDER}/bin/vivarium`, place('usr/bin/vivarium'));
  await symlink(`../../${APP_FOLDER}/${WINDOW_COMMAND}`, place('usr/bin', WINDOW_COMMAND));
  await write('usr/share/applications/vivarium.desktop', desktopEntry());
  for (const size of ICON_SIZES) {
    const folder = place(`usr/share/icons/hicolor/${size}x${size}/apps`);
    await mkdir(folder, { recursive: true });
    await cp(inRoot(`resources/icons/png/${size}x${size}.png`), path.join(folder, 'vivarium.png'));
  }
  const licence = await readFile(inRoot('LICENSE'), 'utf8');
  const copyright = `${licence}\nOf what it holds of others' work: /${APP_FOLDER}/THIRD-PARTY-NOTICES.txt\n`;
  await write('usr/share/doc/vivarium/copyright', copyright);
  const { output } = await collect('du', ['-sk', '--apparent-size', work]);
  await write('DEBIAN/control', controlFile({ version, description, installedKiB: Number.parseInt(output, 10) }));

  await rm(file, { force: true });
  const packed = await collect('dpkg-deb', [`-Z${compression}`, '--root-owner-group', '--build', work, file]);
  if (packed.status !== 0) throw new SetupError(`dpkg-deb could not pack ${file}:\n${packed.output.trim()}`);
  await rm(work, { recursive: true, force: true });
}

/** DEBIAN/control (deb-control(5)). */
export function controlFile({ version, description, installedKiB }) {
  const [synopsis, ...rest] = description.split(/:\s+/);
  return [
    'Package: vivarium',
    `Version: ${version}`,
    'Architecture: amd64',
    'Maintainer: The Vivarium authors <vivarium@localhost>',
    `Installed-Size: ${installedKiB}`,
    // Newer releases name some libraries `...t64`.
    `Depends: ${LIBRARY_PACKAGES.map((name) => `${name} | ${name}t64`).join(', ')}`,
    'Section: otherosfs',
    'Priority: optional',
    `Description: ${synopsis}`,
    ` ${rest.join(': ')}`,
    '',
  ].join('\n');
}

/** freedesktop.org's Desktop Entry Specification, 1.5. */
export function desktopEntry() {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Vivarium',
    'Comment=Run x86 machines side by side and look into them',
    'Comment[zh_CN]=并排运行 x86 虚拟机，并看清其内部',
    `Exec=${WINDOW_COMMAND} %F`,
    'Icon=vivarium',
    'Categories=Development;Emulator;',
    'Terminal=false',
    'StartupNotify=true',
    'StartupWMClass=vivarium',
    '',
  ].join('\n');
}
