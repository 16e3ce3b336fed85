import { closeSync } from 'node:fs';
import { applyRecordedInput } from '../hypervisor/changeMachine.ts';
import type { Recording } from '../hypervisor/recordings/Recording.ts';
import type { StoredInput } from '../hypervisor/recordings/recordedInputs.ts';
import { layersOf, machineDigest } from '../hypervisor/snapshots/MachineSnapshot.ts';
import type { TranslatedMachine } from '../hypervisor/TranslatedMachine.ts';
import { debugMachine } from '../hypervisor/timetravel/debugMachine.ts';
import { TimeTravel } from '../hypervisor/timetravel/TimeTravel.ts';
import { parseTyping, TypingError, type TypingStep } from '../machine/keyboard/typing.ts';
import type { DriveOptions } from '../machine/drives/DriveBay.ts';
import type { MachineInput } from '../machine/MachineInput.ts';
import { adapterModels } from '../machine/network/NetworkPort.ts';
import { hasVirtio } from '../machine/virtio/virtioDevices.ts';
import { readAddressNames } from './addressNames.ts';
import { traceCode } from './codeTrace.ts';
import { openDrives } from './drives.ts';
import { exitStatusOf, type Interrupt, INTERRUPT_STATUS, UsageError } from './ExitStatus.ts';
import { type GdbAttachment, waitForGdb } from './GdbAttachment.ts';
import { NetworkCable } from './NetworkCable.ts';
import { OutputBuffer } from './OutputBuffer.ts';
import { hostFiles, type InputFiles } from './InputFiles.ts';
import { PortFiles } from './PortFiles.ts';
import { readFirmware, readProgram, refuseKernelOptions, refusePlacing, withFirmwareFile } from './programFiles.ts';
import { type ReplayPlace, ReplaySession } from './ReplaySession.ts';
import type { RunOptions } from './RunOptions.ts';
import { type RunEnding, type RunResult, RunSession } from './RunSession.ts';
import { reportRun } from './reportRun.ts';
import { hostTime, makeRunMachine } from './runMachine.ts';
import { SideOutput } from './SideOutput.ts';
import { WavFile } from './WavFile.ts';
import { screenFormat } from './screenFile.ts';
import { SerialConsole } from './SerialConsole.ts';
import type { Terminal } from './Terminal.ts';
import { TextWatch } from './TextWatch.ts';
import { TraceFile } from './TraceFile.ts';
import { checkWritable, openForWriting, saveSerial } from './userFiles.ts';

/** What of the serial output the report holds at most, in bytes; the newest. */
const MOST_SERIAL = 4 * 1024 * 1024;
const NEWLINE = 10;
/** Lines closer together than this wait for each other. */
const FLOOD_NS = 1_000_000;
/** Beyond this many bytes that the guest has not taken, input waits. */
const INPUT_WAITING_MOST = 1024 * 1024;

/** How a run is made: of what, and by whom it is driven. */
export interface RunUse {
  readonly files: InputFiles;
  openDrives(options: RunOptions): DriveOptions;
  /** The machine stands at its start, and nothing from outside has reached it. */
  onStart(parts: TranslatedMachine): void;
  /** The machine has stopped for good; returns its digest when the report is to tell it. */
  onEnd(parts: TranslatedMachine, ending: RunEnding): string | undefined;
  /** A run to repeat; undefined: user and network drive the machine. */
  readonly replay?: RunReplay;
}

export interface RunReplay {
  readonly recording: Recording;
  /** An input with the image that it needs. Throws {@link UsageError}. */
  openInput(input: StoredInput): MachineInput;
  /** Where to go in it, in the end. */
  readonly place: ReplayPlace | undefined;
}

const ORDINARY_USE: RunUse = {
  files: hostFiles,
  openDrives: ({ drives, profile }) => openDrives(drives, profile),
  onStart: () => undefined,
  onEnd: () => undefined,
};

/** `vivarium run`: one machine, headless, in this thread. Returns the exit status; throws {@link UsageError}. */
export async function run(given: RunOptions, terminal: Terminal, use = ORDINARY_USE): Promise<number> {
  if (given.screen !== undefined) screenFormat(given.screen);
  const keys = readKeys(given.keys);
  const program = given.file === undefined ? undefined : use.files.read(given.file);
  const options = withFirmwareFile(given, program, terminal);
  const firmware = readFirmware(options, use.files);
  const bios = firmware?.bios;
  const image = readProgram(options, program, terminal, use.files);
  if (image === undefined && bios === undefined && options.drives.files.length === 0) {
    throw new UsageError(
      'run: name a program file, a disk to start from (--floppy, --hda or --cdrom), or a --bios image.',
    );
  }
  if (image === undefined) {
    refusePlacing(options, undefined, 'there is no program file');
    refuseKernelOptions(options, undefined, 'there is no program file');
  }

  const names = options.symbols && readAddressNames(options.symbols);
  const output = new OutputBuffer({ mostKept: MOST_SERIAL });
  const until = options.until === undefined ? undefined : new TextWatch(options.until);
  refuseMissingDevices(options);
  const cable = options.network && new NetworkCable(options.network);
  const drives = use.openDrives(options);
  // What is written comes after all that is read: a mistake there leaves older output as it was.
  if (options.screen !== undefined) checkWritable(options.screen, '--screen');
  if (options.memoryFile) checkWritable(options.memoryFile.file, '--save-memory');
  const serialFile = isStream(options.serial) ? undefined : openForWriting(options.serial, '--serial', 'w');
  const portFiles = new PortFiles(options.logPorts);
  const audio = options.audio === undefined ? undefined : new WavFile(options.audio);
  const side = new SideOutput(output, options.sideOutputs);
  const onConsole = (byte: number): void => {
    output.serial(byte, options.serial === 'stdio');
    if (until?.onByte(byte) || (byte === NEWLINE && isLineUrgent(options, output))) parts.machine.kick();
  };
  const parts = await makeRunMachine(
    options,
    { firmware, cable, drives, terminal },
    {
      frame: (bytes) => {
        if (!use.replay) cable?.send(bytes);
        if (options.clock === 'host') parts.machine.kick();
      },
      driveProblem: (_, message) => {
        if (message !== null) terminal.complain(message);
      },
      nothingToStart: (reasons) => terminal.complain(`Nothing to start from. ${reasons.join('; ')}.`),
      serial: (port, byte) => {
        if (port === 0 && options.console === 'com1') onConsole(byte);
      },
      console: (bytes) => bytes.forEach(onConsole),
      ...(options.hasSound && {
        sound: (samples: Int16Array, firstSample: number) => audio?.add(samples, firstSample),
      }),
      parallel: (_, byte) => side.add('lpt', byte),
      debug: (byte) => side.add('debug', byte),
      post: (code) => side.add('post', code),
      portLog: (port, byte) => {
        if (portFiles.take(port, byte)) return;
        output.line(`port 0x${port.toString(16)}: 0x${byte.toString(16).padStart(2, '0')}`);
        if (isLineUrgent(options, output)) parts.machine.kick();
      },
    },
  );
  const { machine } = parts;
  const trace =
    options.traceFile &&
    new TraceFile(debugMachine(parts, undefined), options.traceFile, {
      hostTime,
      names,
      complain: (line) => terminal.complain(line),
    });
  if (image === undefined) machine.reset();
  else machine.load(image);
  use.onStart(parts);
  if (keys.length > 0) machine.inputs.type(keys, { whenReady: true });

  const input = new SerialConsole();
  let result: RunResult;
  let digest: string | undefined;
  let gdb: GdbAttachment | undefined;
  try {
    const isRepeatable = options.clock === 'instructions';
    const port = options.gdbPort;
    if (port !== undefined) gdb = await waitForGdb(parts, { port, isRepeatable, hostTime }, terminal);
    result = await runWithTerminal({
      parts,
      options,
      terminal,
      output,
      input,
      until,
      serialFile,
      audio,
      cable,
      gdb,
      trace,
      use,
    });
    gdb?.tellEnd(result);
    digest = use.onEnd(parts, result);
  } finally {
    gdb?.close();
    machine.chipset.drives.close();
    portFiles.close();
    trace?.close();
  }
  if (serialFile !== undefined) closeSync(serialFile);
  audio?.close();
  if (options.trace === 'code') traceCode(parts, terminal);
  await reportRun(parts, result, { options, output, side, terminal, digest, names });
  return result.interrupt === undefined ? exitStatusOf(result.reason) : INTERRUPT_STATUS[result.interrupt];
}

/**
 * A finished line is to be seen at once, unless lines come in a flood. Not by the instruction clock: there the
 * places where a run is interrupted must not depend on host time.
 */
function isLineUrgent(options: RunOptions, output: OutputBuffer): boolean {
  return options.clock === 'host' && hostTime.monotonicNs() - output.takenAtNs > FLOOD_NS;
}

function refuseMissingDevices({ network, adapterModel, console, profile }: RunOptions): void {
  const models = adapterModels(profile);
  if (network && models.length === 0)
    throw new UsageError(`--net: a machine of the profile ${profile.name} has no network adapter.`);
  if (adapterModel !== undefined && !models.includes(adapterModel))
    throw new UsageError(`--net-adapter: a machine of the profile ${profile.name} can have ${models.join(' or ')}.`);
  if (adapterModel !== undefined && network === undefined)
    throw new UsageError('--net-adapter: say with --net what it is plugged into.');
  if (console === 'virtio' && !hasVirtio(profile))
    throw new UsageError(`--console virtio: a machine of the profile ${profile.name} cannot have one.`);
}

interface RunParts {
  readonly parts: TranslatedMachine;
  readonly use: RunUse;
  readonly options: RunOptions;
  readonly terminal: Terminal;
  readonly output: OutputBuffer;
  readonly input: SerialConsole;
  readonly until: TextWatch | undefined;
  readonly serialFile: number | undefined;
  readonly audio: WavFile | undefined;
  readonly cable: NetworkCable | undefined;
  readonly gdb: GdbAttachment | undefined;
  readonly trace: TraceFile | undefined;
}

async function runWithTerminal(run: RunParts): Promise<RunResult> {
  const { options, terminal, output, input, until, serialFile, audio, cable, gdb, trace, use } = run;
  const { machine } = run.parts;
  const { replay } = use;
  let interrupted: RunEnding | undefined;
  let isInputOpen = false;
  let wake: () => void = () => undefined;
  const stopInterrupts = terminal.onInterrupt((signal) => {
    interrupted = interruption(signal);
    wake();
  });
  let stopInput: () => void = () => undefined;
  if (options.serial === 'stdio' && !replay) {
    isInputOpen = true;
    stopInput = terminal.listen({
      isInteractive: (isInteractive) => input.setInteractive(isInteractive),
      onBytes: (bytes) => {
        input.type(bytes);
        if (input.leaving === 'quit') interrupted = { reason: 'poweroff', detail: 'ended at the console' };
        if (input.leaving === 'interrupt') interrupted = interruption('SIGINT');
        wake();
      },
      onEnd: () => {
        isInputOpen = false;
        wake();
      },
      isFull: () => input.length > INPUT_WAITING_MOST,
    });
  }
  if (!replay) cable?.plugIn(machine, () => wake());
  const moveOutput = async (): Promise<void> => {
    audio?.save();
    if (serialFile !== undefined) saveSerial(options.serial, serialFile, output.takeSerial());
    const chunk = output.take(hostTime.monotonicNs());
    if (chunk.length > 0) await terminal.write(chunk);
  };
  const place = replay?.place;
  const visit = place && { travel: new TimeTravel(run.parts, { hostTime }), place };
  const session = replay
    ? new ReplaySession({
        machine,
        recording: replay.recording,
        hostTime,
        apply: (input) => applyRecordedInput(run.parts, replay.openInput(input)),
        exchange: moveOutput,
        interrupted: () => interrupted,
        digest: () => machineDigest(run.parts, layersOf(machine)),
        visit,
      })
    : new RunSession({
        machine,
        hostTime,
        isDeterministic: options.clock === 'instructions',
        until,
        timeoutSeconds: options.timeoutSeconds,
        mostInstructions: options.mostInstructions,
        endsAtReset: options.endsAtReset,
        exchange: async () => {
          input.feed((bytes) =>
            options.console === 'virtio' ? machine.inputs.consoleInput(bytes) : machine.inputs.serialInput(bytes),
          );
          if (input.takePowerButton() && !machine.inputs.pressPowerButton())
            terminal.complain('The guest does not listen to the power button; Ctrl-A x ends the machine.');
          cable?.exchange();
          await moveOutput();
        },
        interrupted: () => interrupted,
        canReceiveInput: () =>
          cable !== undefined || gdb !== undefined || isInputOpen || input.length > 0 || machine.inputs.isTyping,
        inputArrived: () => new Promise((resolve) => (wake = resolve)),
        debug: gdb?.debug,
        trace,
      });
  try {
    return await session.run();
  } finally {
    stopInput();
    stopInterrupts();
    cable?.unplug();
  }
}

const INTERRUPT_DETAILS: Readonly<Record<Interrupt, string>> = {
  SIGHUP: 'the terminal was closed (SIGHUP)',
  SIGINT: 'ended by SIGINT',
  SIGTERM: 'ended by SIGTERM',
  EPIPE: 'standard output or error was closed (EPIPE)',
  EIO: 'standard output or error cannot be written',
};

function interruption(interrupt: Interrupt): RunEnding {
  return { reason: 'error', detail: INTERRUPT_DETAILS[interrupt], interrupt };
}

function readKeys(text: string | undefined): readonly TypingStep[] {
  try {
    return text === undefined ? [] : parseTyping(text);
  } catch (error) {
    if (error instanceof TypingError) throw new UsageError(`--keys: ${error.message}`);
    throw error;
  }
}

function isStream(serial: string): boolean {
  return serial === 'stdio' || serial === 'none';
}
