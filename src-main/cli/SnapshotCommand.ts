import { captureMachine, layersOf } from '../hypervisor/snapshots/MachineSnapshot.ts';
import { encodeSnapshot } from '../hypervisor/snapshots/SnapshotFile.ts';
import { CollectedFiles } from './InputFiles.ts';
import { openForRecording, recordImages } from './recordedDrives.ts';
import { definitionOf } from './recordedOptions.ts';
import { run } from './RunCommand.ts';
import type { RunOptions } from './RunOptions.ts';
import type { Terminal } from './Terminal.ts';
import { checkWritable, saveResult } from './userFiles.ts';

/** `vivarium snapshot`: a run whose end is kept, to go on from there. */
export async function snapshot(options: RunOptions, out: string, terminal: Terminal): Promise<number> {
  checkWritable(out, '--out');
  const files = new CollectedFiles();
  const images = recordImages(options);
  let encoded: Uint8Array | undefined;
  const status = await run(options, terminal, {
    files,
    openDrives: openForRecording,
    onStart: () => undefined,
    onEnd: (parts) => {
      const taken = captureMachine(parts, layersOf(parts.machine));
      encoded = encodeSnapshot({
        definition: definitionOf(options),
        files: [...files.all(), ...images],
        snapshot: taken,
      });
      return undefined;
    },
  });
  if (encoded !== undefined) await saveResult(out, '--out', encoded);
  return status;
}
