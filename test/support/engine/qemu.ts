import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const QEMU = 'qemu-system-i386';
const TIMEOUT_MS = 15_000;

export function isQemuInstalled(): boolean {
  return spawnSync(QEMU, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** What a ROM image writes to port E9h when QEMU's translator runs it, until it writes to port F4h. */
export async function runRomInQemu(image: Uint8Array): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'vivarium-rom-'));
  try {
    const file = path.join(folder, 'rom.bin');
    await writeFile(file, image);
    const child = spawn(
      QEMU,
      [
        ...[
          '-accel',
          'tcg',
          '-cpu',
          'qemu32,+nx,+pse36',
          '-nodefaults',
          '-display',
          'none',
          '-no-reboot',
          '-m',
          '2',
          '-bios',
          file,
        ],
        ...['-debugcon', 'stdio', '-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
      ],
      { stdio: ['ignore', 'pipe', 'ignore'], timeout: TIMEOUT_MS },
    );
    let text = '';
    child.stdout.setEncoding('latin1');
    child.stdout.on('data', (part: string) => (text += part));
    await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    return text;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
