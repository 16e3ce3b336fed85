import type { VmId, VmNetwork } from '../types.ts';
import { threadProcessorMs } from '../scheduler/threadTimes.ts';
import { CableEnd, type CableEndParts } from './CableEnd.ts';
import { FramePump } from './FramePump.ts';
import { hostNetwork, type HostNetwork } from './HostRelay.ts';
import { MachineNetwork } from './MachineNetwork.ts';
import type { SharedWord } from './SharedWord.ts';
import { WorkMeter } from './WorkMeter.ts';

/** What main tells the thread of the network. */
export type PatchbayCommand =
  | {
      readonly kind: 'plug';
      readonly id: VmId;
      readonly name: string;
      readonly network: VmNetwork;
      readonly cable: CableEndParts;
      /** Of the machine's thread: raised and notified when there is something for it. */
      readonly wake: SharedWord;
      /** Where the machine finds what this thread has worked for it, in microseconds. */
      readonly owed: SharedWord;
    }
  | { readonly kind: 'rename'; readonly id: VmId; readonly name: string }
  | { readonly kind: 'unplug'; readonly id: VmId };

interface Connection {
  readonly end: CableEnd;
  readonly owed: SharedWord;
}

/**
 * Where the cables of machines in other threads end: each goes to its segment, or to the host's network. What that
 * takes of the host's processors is paid by whoever sends; for what comes from the host's network, by whoever gets it.
 */
export class Patchbay {
  private readonly network: MachineNetwork;
  private readonly pump = new FramePump();
  private readonly connections = new Map<VmId, Connection>();
  private readonly meter: WorkMeter;
  private isForwarding = false;

  constructor(host: HostNetwork = hostNetwork, processorMs = threadProcessorMs()) {
    this.network = new MachineNetwork(host);
    this.meter = new WorkMeter(processorMs);
  }

  obey(command: PatchbayCommand): void {
    switch (command.kind) {
      case 'plug':
        this.plug(command);
        return;
      case 'rename':
        this.network.rename(command.id, command.name);
        return;
      case 'unplug':
        this.unplug(command.id);
        return;
    }
  }

  private plug({ id, name, network, cable, wake, owed }: Extract<PatchbayCommand, { kind: 'plug' }>): void {
    this.unplug(id);
    const end = new CableEnd(cable);
    this.connections.set(id, { end, owed });
    let isFlushing = false;
    const flush = (): void => {
      isFlushing = false;
      if (end.flush()) raise(wake);
    };
    const deliver = (frame: Uint8Array): void => {
      end.send(frame);
      if (!this.isForwarding) this.meter.note(owed);
      // What one turn brings goes together.
      if (!isFlushing) queueMicrotask(flush);
      isFlushing = true;
    };
    this.network.plug({ id, name, network, deliver });
    end.onFrames((frames) =>
      this.pump.add(
        frames,
        (frame) => {
          if (this.connections.get(id)?.end === end) this.forward(id, frame, owed);
        },
        (count) => end.noteTaken(count),
      ),
    );
  }

  private forward(id: VmId, frame: Uint8Array, owed: SharedWord): void {
    this.isForwarding = true;
    this.network.send(id, frame);
    this.isForwarding = false;
    this.meter.note(owed);
  }

  private unplug(id: VmId): void {
    this.network.unplug(id);
    const connection = this.connections.get(id);
    if (connection === undefined) return;
    connection.end.close();
    this.meter.forget(connection.owed);
    this.connections.delete(id);
  }
}

function raise({ words, index }: SharedWord): void {
  const ints = new Int32Array(words);
  Atomics.add(ints, index, 1);
  Atomics.notify(ints, index);
}
