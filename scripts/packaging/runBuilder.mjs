/** Runs electron-builder for one target; the last line that it prints is the list of files it made. */
import { Arch, build, Platform } from 'electron-builder';
import { root } from '../setup/paths.mjs';
import { builderConfig } from './builderConfig.mjs';

const { target, ...parts } = JSON.parse(process.argv[2]);
const arch = process.arch === 'arm64' ? Arch.arm64 : Arch.x64;
try {
  const targets = Platform.current().createTarget(target, arch);
  const files = await build({ projectDir: root, targets, publish: 'never', config: builderConfig(parts) });
  process.stdout.write(`\n${JSON.stringify(files)}\n`);
} catch (error) {
  process.stderr.write(`\nfailed: ${error.message}\n`);
  // An exit status that is only noted is forgotten by a hook of electron-builder's.
  process.exit(1);
}
