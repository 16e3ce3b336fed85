import { layersOf, restoreMachine } from '../hypervisor/snapshots/MachineSnapshot.ts';
import { decodeSnapshot } from '../hypervisor/snapshots/SnapshotFile.ts';
import { SnapshotError } from '../machine/snapshot.ts';
import { UsageError } from './ExitStatus.ts';
import { RecordedFiles } from './InputFiles.ts';
import { openRecorded } from './recordedDrives.ts';
import { optionsFrom, type ReplayChoices } from './recordedOptions.ts';
import { run } from './RunCommand.ts';
import type { RunOptions } from './RunOptions.ts';
import type { Terminal } from './Terminal.ts';
import { readFile } from './userFiles.ts';

/** What a restored machine is told anew. `mostInstructions` counts from the snapshot on. */
export type RestoreChoices = ReplayChoices & Pick<RunOptions, 'until' | 'timeoutSeconds' | 'mostInstructions' | 'keys'>;

/** `vivarium restore`: goes on from a snapshot. */
export async function restore(file: string, choices: RestoreChoices, terminal: Terminal): Promise<number> {
  const decoded = decodeSnapshot(readFile(file));
  if (!decoded.ok) throw new UsageError(`${file} is no snapshot that can be restored: ${decoded.message}.`);
  const { definition, files, snapshot } = decoded.file;
  const { until, timeoutSeconds, keys } = choices;
  const retired = snapshot.state.processors.reduce(
    (sum, each) => sum + each.retired,
    snapshot.state.instructionsBefore,
  );
  const mostInstructions = choices.mostInstructions === undefined ? undefined : retired + choices.mostInstructions;
  const options = { ...optionsFrom(definition, choices, 'snapshot'), until, timeoutSeconds, keys, mostInstructions };
  return run(options, terminal, {
    files: new RecordedFiles(files, 'snapshot'),
    openDrives: (each) => openRecorded(each, files, 'snapshot'),
    onStart: (parts) => {
      try {
        restoreMachine(parts, snapshot, layersOf(parts.machine));
      } catch (error) {
        if (!(error instanceof SnapshotError)) throw error;
        throw new UsageError(`${file} cannot be restored: ${error.message}.`);
      }
    },
    onEnd: () => undefined,
  });
}
