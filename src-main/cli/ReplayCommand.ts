import { decodeRecording } from '../hypervisor/recordings/Recording.ts';
import { layersOf, machineDigest } from '../hypervisor/snapshots/MachineSnapshot.ts';
import { UsageError } from './ExitStatus.ts';
import { RecordedFiles } from './InputFiles.ts';
import { openRecorded, openRecordedInput } from './recordedDrives.ts';
import { optionsFrom, type ReplayChoices } from './recordedOptions.ts';
import type { ReplayPlace } from './ReplaySession.ts';
import { run } from './RunCommand.ts';
import type { Terminal } from './Terminal.ts';
import { readFile } from './userFiles.ts';

/** `vivarium replay`: the recorded run again, to the same end, or the news that it went another way. */
export async function replay(
  file: string,
  choices: ReplayChoices,
  place: ReplayPlace | undefined,
  terminal: Terminal,
): Promise<number> {
  const decoded = decodeRecording(readFile(file));
  if (!decoded.ok) throw new UsageError(`${file} is no recording that can be replayed: ${decoded.message}.`);
  const { recording } = decoded;
  return run(optionsFrom(recording.definition, choices, 'recording'), terminal, {
    files: new RecordedFiles(recording.files, 'recording'),
    openDrives: (options) => openRecorded(options, recording.files, 'recording'),
    onStart: () => undefined,
    onEnd: (parts) => machineDigest(parts, layersOf(parts.machine)),
    replay: {
      recording,
      openInput: (input) => openRecordedInput(input, recording.files, 'recording'),
      place,
    },
  });
}
