import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { addLaunchers, WINDOW_COMMAND } from './launchers.mjs';

/** Electron 25's fuse wire ends before this one. */
const FILE_PRIVILEGES_SINCE = 29;

/**
 * What Electron's executable is made to refuse for good (electronjs.org, "Electron Fuses").
 *
 * @param {number} electronMajor
 */
function fuses(electronMajor) {
  return {
    // The `vivarium` command is this executable as plain Node: no second runtime has to be shipped.
    runAsNode: true,
    // Code that a window's environment or command line names would run with its rights, and unseen.
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    // The app is what was packed: no folder beside the archive takes its place, and where Electron can check its hash (macOS, Windows), it does.
    onlyLoadAppFromAsar: true,
    enableEmbeddedAsarIntegrityValidation: true,
    // No cookies are kept; encrypting them would ask for the keyring's password on Linux.
    enableCookieEncryption: false,
    loadBrowserProcessSpecificV8Snapshot: false,
    // Pages come from `app:`, never from `file:`.
    ...(electronMajor >= FILE_PRIVILEGES_SINCE && { grantFileProtocolExtraPrivileges: false }),
  };
}

/**
 * electron-builder's configuration.
 *
 * @param {{ electronFolder: string, electronVersion: string, output: string, notices: string }} parts the runtime to
 *   pack, where packages go, and the third-party notices
 * @returns {import('electron-builder').Configuration}
 */
export function builderConfig({ electronFolder, electronVersion, output, notices }) {
  return {
    appId: 'org.vivarium.desktop',
    productName: 'Vivarium',
    copyright: 'Copyright © The Vivarium authors',
    directories: { output, buildResources: 'resources/icons' },
    // All that the app needs of node_modules is bundled.
    files: ['out/{main,preload,renderer}/**', 'package.json', '!**/*.map', '!node_modules/**'],
    extraFiles: [
      { from: 'LICENSE', to: 'LICENSE.txt' },
      { from: notices, to: 'THIRD-PARTY-NOTICES.txt' },
    ],
    asar: true,
    npmRebuild: false,
    publish: null,
    electronVersion,
    electronDist: electronFolder,
    electronLanguages: ['en-US', 'zh-CN'],
    artifactName: '${productName}-${version}-${os}-${arch}.${ext}',
    afterExtract: ({ appOutDir }) => removeOtherApps(appOutDir),
    afterPack: async (context) => {
      const { packager } = context;
      const major = Number.parseInt(electronVersion, 10);
      // Here rather than by `electronFuses`: on Linux the executable is renamed next.
      await packager.addElectronFuses(context, await packager.generateFuseConfig(fuses(major)));
      await addLaunchers(context);
    },
    linux: {
      target: ['AppImage'],
      executableName: WINDOW_COMMAND,
      category: 'Development;Emulator',
      icon: 'resources/icons/png',

      maintainer: 'The Vivarium authors',
      synopsis: 'Many x86 machines under glass',
    },
    mac: {
      target: ['dmg'],
      icon: 'resources/icons/vivarium.icns',
      category: 'public.app-category.developer-tools',
      // Translated code is compiled by V8.
      hardenedRuntime: true,
    },
    win: { target: ['nsis'], icon: 'resources/icons/vivarium.ico' },
    nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
  };
}

/** A runtime may bring a small app of its own, which Electron would find before ours. */
async function removeOtherApps(appOutDir) {
  for (const folder of await resourcesFolders(appOutDir)) {
    for (const name of ['app', 'app.asar', 'default_app.asar']) {
      await rm(path.join(folder, name), { recursive: true, force: true });
    }
  }
}

async function resourcesFolders(appOutDir) {
  const entries = await readdir(appOutDir);
  return entries.flatMap((name) => {
    if (name === 'resources') return [path.join(appOutDir, name)];
    return name.endsWith('.app') ? [path.join(appOutDir, name, 'Contents/Resources')] : [];
  });
}
