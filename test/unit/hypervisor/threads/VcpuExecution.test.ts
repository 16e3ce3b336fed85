import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DebugSession } from '../../../../src-main/machine/debugging/DebuggedMachine.ts';
import type { DebugLinkDown } from '../../../../src-main/hypervisor/threads/DebugAttachment.ts';
import { OutputBatcher } from '../../../../src-main/hypervisor/threads/OutputBatcher.ts';
import { BATCH_COUNTER_BYTES } from '../../../../src-main/hypervisor/threads/protocol.ts';
import type { ThreadMachine } from '../../../../src-main/hypervisor/threads/ThreadMachine.ts';
import { VcpuExecution } from '../../../../src-main/hypervisor/threads/VcpuExecution.ts';

/** As much of a machine as a debugger that only comes and goes needs. */
const MACHINE = { debugged: {}, setStops: () => undefined, stopClock: () => undefined } as unknown as ThreadMachine;

let ports: MessagePort[];
let execution: VcpuExecution;
beforeEach(() => {
  ports = [];
  execution = new VcpuExecution(MACHINE, new OutputBatcher(way().near, new SharedArrayBuffer(BATCH_COUNTER_BYTES)));
});
afterEach(() => {
  for (const port of ports) port.close();
});

function way(): { readonly near: MessagePort; readonly far: MessagePort } {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1);
  return { near: port1, far: port2 };
}

/** Connects a debugger whose machine is held, and returns main's end. */
function attach(receive: () => void = () => undefined): { send(message: DebugLinkDown): void; port: MessagePort } {
  const { near, far } = way();
  const control = { isHeld: true, isKilled: false } as DebugSession['control'];
  execution.attachDebugger(far, () => ({ control, receive, close: () => undefined, lost: () => undefined }));
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
    const told = new Promise((resolve) => port.once('message', resolve));
    send({ kind: 'lost' });
    execution.obeyDebugger();
    expect(await told).toEqual({ kind: 'end' });
  });
});
