import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { DebugSessionFactory } from '../../machine/debugging/DebuggedMachine.ts';
import type { TraceChoice, TraceFactory } from '../../machine/tracing/MachineTrace.ts';
import { tryEvaluate } from '../../machine/expressions/evaluate.ts';
import { monotonicMs } from '../scheduler/hostClock.ts';
import { buffersOf, type CapturedMachine } from '../snapshots/PackedSnapshot.ts';
import type { DebugLinkUp } from './DebugAttachment.ts';
import type { NetworkSocket } from './NetworkSocket.ts';
import type { OutputBatcher } from './OutputBatcher.ts';
import type { ThreadCommand, ThreadCommandName, ThreadCommands, ThreadMessage } from './protocol.ts';
import type { NewLayer, ThreadMachine } from './ThreadMachine.ts';
import type { VcpuExecution } from './VcpuExecution.ts';

/** Commands that a run backwards goes on with; any other gives it up. */
const SUIT_SEARCH: ReadonlySet<ThreadCommandName> = new Set([
  'run',
  'plugIn',
  'relayer',
  'watchWrites',
  'setScreenRate',
  'timeLine',
  'translateLinear',
  'breakpointHits',
  'inspectCode',
  'inspectRegion',
  'probeAccess',
  'listDevices',
  'deviceRegisters',
  'interruptRouting',
  'outputLogs',
  'memoryMap',
]);

/** Commands that a debugger gives in main's place while it drives the machine. */
const DEBUGGERS_OWN: ReadonlySet<ThreadCommandName> = new Set([
  'run',
  'step',
  'runTo',
  'goTo',
  'stepBack',
  'runBack',
  'reset',
  'restore',
]);

export interface VcpuCommandParts {
  readonly machine: ThreadMachine;
  readonly execution: VcpuExecution;
  /** Commands come in by it, and replies go out. */
  readonly port: MessagePort;
  readonly output: OutputBatcher;
  readonly network: NetworkSocket;
  /** Absent: no debugger can be connected. */
  readonly openDebugger?: DebugSessionFactory | undefined;
  /** Absent: nothing can be traced. */
  readonly openTrace?: TraceFactory | undefined;
  /** Whether somebody looks at which pages are written. */
  onWatchWrites(isWatched: boolean): void;
}

/** What main tells a vCPU's thread to do, and what comes in by the machine's network. */
export class VcpuCommands {
  readonly #parts: VcpuCommandParts;

  constructor(parts: VcpuCommandParts) {
    this.#parts = parts;
  }

  /** Does all that has come, in order, and answers. */
  obey(): void {
    const { port, execution } = this.#parts;
    for (;;) {
      const received = receiveMessageOnPort(port);
      if (received === undefined) break;
      this.#obey(received.message as ThreadCommand); // Main sends nothing else.
    }
    execution.obeyDebugger();
    this.#takeFrames();
  }

  #takeFrames(): void {
    const { network, machine, execution } = this.#parts;
    for (;;) {
      const frames = network.receive();
      if (frames.length === 0) return;
      for (const frame of frames) machine.receiveFrame(frame);
      execution.wake();
    }
  }

  #obey(command: ThreadCommand): void {
    const { execution, output, port } = this.#parts;
    let reply: ThreadMessage;
    let transferred: readonly ArrayBuffer[] = [];
    try {
      if (execution.isDebugged && DEBUGGERS_OWN.has(command.name)) throw new Error('A debugger drives the machine.');
      if (execution.mode.kind === 'searching' && !SUIT_SEARCH.has(command.name)) execution.giveUpSearch();
      if (command.name === 'capture') {
        const captured = this.#capture(command.request);
        reply = { kind: 'reply', id: command.id, value: captured };
        transferred = buffersOf(captured);
      } else reply = { kind: 'reply', id: command.id, value: this.#execute(command) };
    } catch (error) {
      reply = { kind: 'failed', id: command.id, message: error instanceof Error ? error.message : String(error) };
    }
    if (command.id === 0) return;
    // What the command made happen is known before its reply.
    output.flushIfDue();
    port.postMessage(reply, transferred);
  }

  /** A debugger that is not taken is told by the end of its way. */
  #attachDebugger(debuggerPort: MessagePort): void {
    const { execution, openDebugger } = this.#parts;
    try {
      if (openDebugger === undefined) throw new Error('This machine’s thread knows no debugger.');
      execution.attachDebugger(debuggerPort, openDebugger);
    } catch (error) {
      // Closing it says nothing to the other end while this thread does not return to its event loop.
      debuggerPort.postMessage({ kind: 'end' } satisfies DebugLinkUp);
      throw error;
    }
  }

  #trace(choice: TraceChoice | null): void {
    const { machine, execution, openTrace, output } = this.#parts;
    if (choice === null) {
      execution.setTrace(undefined);
      // What it has written down comes before the reply.
      output.flushNow();
      return;
    }
    if (openTrace === undefined || machine.debugged === undefined) throw new Error('This machine cannot be traced.');
    execution.setTrace(openTrace(machine.debugged, choice, (text) => output.trace(text)));
  }

  #capture(layers: readonly NewLayer[]): CapturedMachine {
    const before = monotonicMs();
    const captured = this.#parts.machine.capture(layers);
    const pauseMs = monotonicMs() - before;
    // What the guest has sent so far belongs to the snapshot.
    this.#parts.output.flushNow();
    return { ...captured, pauseMs };
  }

  #execute(command: Exclude<ThreadCommand, { name: 'capture' }>): ThreadCommands[ThreadCommandName]['reply'] {
    const { machine, execution, output } = this.#parts;
    switch (command.name) {
      case 'run':
        execution.resume();
        return null;
      case 'pause':
        execution.pause();
        return null;
      case 'step':
        execution.step();
        return null;
      case 'runTo':
        execution.runTo(command.request);
        return null;
      case 'timeLine':
        return machine.history?.timeLine() ?? null;
      case 'goTo':
        execution.travel((history) => history.goTo(command.request));
        return null;
      case 'stepBack':
        execution.travel((history) => history.stepBack());
        return null;
      case 'runBack':
        execution.beginSearch(command.request);
        return null;
      case 'recordedRun':
        return execution.history.recorded() ?? null;
      case 'reset':
        execution.reset();
        return null;
      case 'relayer':
        machine.relayer(command.request);
        return null;
      case 'restore':
        return execution.restore(command.request);
      case 'pressPowerButton': {
        const isHeard = machine.pressPowerButton();
        execution.wake();
        return isHeard;
      }
      case 'load': {
        const result = machine.load(command.request);
        if (!result.ok) throw new Error(result.message);
        return { summary: result.summary };
      }
      case 'setBreakpoints':
        execution.setBreakpoints(command.request);
        return null;
      case 'breakpointHits':
        return execution.breakpointHits;
      case 'trace':
        this.#trace(command.request);
        return null;
      case 'evaluate': {
        const context = machine.context(command.request.vcpu);
        return command.request.expressions.map((expression) => tryEvaluate(expression, context));
      }
      case 'setRegister':
        machine.setRegister(command.request.vcpu, command.request.name, command.request.value);
        return null;
      case 'writeMemory':
        machine.writeMemory(command.request.physicalAddress, command.request.bytes);
        output.noteRun();
        return null;
      case 'translateLinear':
        return machine.translateLinear(command.request.vcpu, command.request.linearAddress) ?? null;
      case 'inspectCode': {
        const { vcpu, linearAddress, byteLength } = command.request;
        return machine.inspector(vcpu)?.view(linearAddress, byteLength) ?? null;
      }
      case 'inspectRegion':
        return machine.inspector(command.request.vcpu)?.region(command.request.number) ?? null;
      case 'probeAccess':
        return machine.probeAccess(command.request.vcpu, command.request.linearAddress, command.request.access);
      case 'listDevices':
        return machine.devices.list();
      case 'deviceRegisters':
        return machine.devices.registers(command.request);
      case 'interruptRouting':
        return machine.devices.interrupts();
      case 'outputLogs':
        return machine.devices.outputs();
      case 'memoryMap':
        return machine.devices.memoryMap();
      case 'sendScanCodes':
        machine.sendScanCodes(command.request);
        execution.wake();
        return null;
      case 'sendKeys':
        machine.sendKeys(command.request);
        execution.wake();
        return null;
      case 'moveMouse':
        machine.moveMouse(command.request);
        execution.wake();
        return null;
      case 'typeText':
        machine.typeText(command.request.text, command.request.layout);
        execution.wake();
        return null;
      case 'changeMedium':
        machine.changeMedium(command.request.slot, command.request.drive);
        return null;
      case 'forgetMedia':
        return machine.forgetMedia(command.request);
      case 'serialInput':
        execution.queueSerialInput(command.request.port, command.request.bytes);
        return null;
      case 'plugIn':
        this.#parts.network.plugIn(command.request);
        return null;
      case 'attachDebugger':
        this.#attachDebugger(command.request);
        return null;
      case 'watchWrites':
        this.#parts.onWatchWrites(command.request);
        return null;
      case 'setScreenRate':
        output.setScreenRate(command.request);
        return null;
    }
  }
}
