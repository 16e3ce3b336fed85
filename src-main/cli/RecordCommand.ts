import { encodeRecording } from '../hypervisor/recordings/Recording.ts';
import { type RecordedInput, storedInputs } from '../hypervisor/recordings/recordedInputs.ts';
import { layersOf, machineDigest } from '../hypervisor/snapshots/MachineSnapshot.ts';
import { CollectedFiles } from './InputFiles.ts';
import { openForRecording, recordImages } from './recordedDrives.ts';
import { definitionOf } from './recordedOptions.ts';
import { run } from './RunCommand.ts';
import type { RunOptions } from './RunOptions.ts';
import type { Terminal } from './Terminal.ts';
import { checkWritable, saveResult } from './userFiles.ts';

/** `vivarium record`: a run by the instruction clock, with everything that makes it repeatable. */
export async function record(options: RunOptions, out: string, terminal: Terminal): Promise<number> {
  checkWritable(out, '--out');
  const repeatable: RunOptions = { ...options, clock: 'instructions' };
  const files = new CollectedFiles();
  const inputs: RecordedInput[] = [];
  // Read before the run: what happens to the files meanwhile is no part of it.
  const images = recordImages(repeatable);
  let encoded: Uint8Array | undefined;
  const status = await run(repeatable, terminal, {
    files,
    openDrives: openForRecording,
    onStart: ({ machine }) => (machine.inputs.onInput = (at, input) => inputs.push({ at, input })),
    onEnd: (parts, { reason, detail }) => {
      const { machine } = parts;
      machine.inputs.onInput = undefined;
      const digest = machineDigest(parts, layersOf(machine));
      encoded = encodeRecording({
        definition: definitionOf(repeatable),
        files: [...files.all(), ...images],
        inputs: storedInputs(inputs, ({ name }) => name),
        end: { position: machine.position, reason, detail, isOver: machine.isOver, digest },
      });
      return digest;
    },
  });
  if (encoded !== undefined) await saveResult(out, '--out', encoded);
  return status;
}
