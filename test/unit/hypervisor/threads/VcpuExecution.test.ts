import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DebugSession } from '../../../../src-main/machine/debugging/DebuggedMachine.ts';
import type { DebugLinkDown } from '../../../../src-main/hypervisor/threads/DebugAttachment.ts';
import { OutputBatcher } from '../../../../src-main/hypervisor/threads/OutputBatcher.ts';
import { BATCH_COUNTER_BYTES, type ThreadMessage } from '../../../../src-main/hypervisor/threads/protocol.ts';
import type { ThreadMachine } from '../../../../src-main/hypervisor/threads/ThreadMachine.ts';
import { VcpuExecution } from '../../../../src-main/hypervisor/threads/VcpuExecution.ts';

/** As much of a machine as a debugger that only comes and goes needs. */
const MACHINE = { debugged: {}, setStops: () => undefined, stopClock: () => undefined } as unknown as ThreadMachine;

let ports: MessagePort[];
let execution: VcpuExecution;
let output: OutputBatcher;
/** Where main hears what happens. */
let told: MessagePort;
beforeEach(() => {
  ports = [];
  const { near, far } = way();
  told = far;
  output = new OutputBatcher(near, new SharedArrayBuffer(BATCH_COUNTER_BYTES));
  execution = new VcpuExecution(MACHINE, output);
});
afterEach(() => {
  for (const port of ports) port.close();
});

function way(): { readonly near: MessagePort; readonly far: MessagePort } {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1);
  return { near: port1, far: port2 };
}

/** What has happened, as main hears it. */
function happenings(): unknown[] {
  output.flushNow();
  const message = receiveMessageOnPort(told)?.message as ThreadMessage | undefined;
  return message?.kind === 'batch' ? [...message.batch.happenings] : [];
}

/** Connects a debugger whose machine is held, and returns main's end. */
function attach(
  receive: () => void = () => undefined,
  control: { isHeld: boolean; isKilled: boolean } = { isHeld: true, isKilled: false },
): { send(message: DebugLinkDown): void; port: MessagePort } {
  const { near, far } = way();
  const session = {
    control: control as DebugSession['control'],
    receive,
    close: () => undefined,
    lost: () => undefined,
  };
  execution.attachDebugger(far, () => session);
  return { port: near, send: (message) => near.postMessage(message) };
}

describe('a debugger of a vCPU’s thread', () => {
  test('whose word the machine fails at ends the machine, not the thread', () => {
    const debuggerEnd = attach(() => {
      throw new Error('the machine did not come to instruction 7 again');
    });
    debuggerEnd.send({ kind: 'bytes', bytes: Uint8Array.of(1) });
    debuggerEnd.send({ kind: 'bytes', bytes: Uint8Array.of(2) });
    expect(() => execution.obeyDebugger()).not.toThrow();
    expect(execution.mode).toEqual({ kind: 'ended', isHalted: false });
    expect(execution.isDebugged).toBe(true);
  });

  test('makes room at once when it is lost', () => {
    attach().send({ kind: 'lost' });
    expect(() => attach()).not.toThrow();
    expect(() => attach()).toThrow('A debugger is connected already.');
  });

  test('that is lost has its way closed by main', async () => {
    const { port, send } = attach();
    const word = new Promise((resolve) => port.once('message', resolve));
    send({ kind: 'lost' });
    execution.obeyDebugger();
    expect(await word).toEqual({ kind: 'end' });
  });

  test('that ends the machine is gone when its end is told', () => {
    const control = { isHeld: true, isKilled: false };
    const debuggerEnd = attach(() => (control.isKilled = true), control);
    debuggerEnd.send({ kind: 'bytes', bytes: Uint8Array.of(1) });
    execution.obeyDebugger();
    expect(execution.isDebugged).toBe(false);
    expect(happenings()).toEqual([
      { kind: 'debugger', isAttached: true },
      { kind: 'debugger', isAttached: false },
      { kind: 'power-off', detail: 'ended by its debugger' },
    ]);
  });
});
