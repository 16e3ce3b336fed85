import type { VmId, VmNetwork } from '../types.ts';
import { CableEnd, type CableEndParts } from './CableEnd.ts';
import { FramePump } from './FramePump.ts';
import { hostNetwork, type HostNetwork } from './HostRelay.ts';
import { MachineNetwork } from './MachineNetwork.ts';

/** A word that is raised and notified when a thread has something to look at. */
export interface WakeWord {
  readonly words: SharedArrayBuffer;
  readonly index: number;
}

/** What main tells the thread of the network. */
export type PatchbayCommand =
  | {
      readonly kind: 'plug';
      readonly id: VmId;
      readonly name: string;
      readonly network: VmNetwork;
      readonly cable: CableEndParts;
      /** Of the machine's thread. */
      readonly wake: WakeWord;
    }
  | { readonly kind: 'rename'; readonly id: VmId; readonly name: string }
  | { readonly kind: 'unplug'; readonly id: VmId };

/** Where the cables of machines in other threads end: each goes to its segment, or to the host's network. */
export class Patchbay {
  private readonly network: MachineNetwork;
  private readonly pump = new FramePump();
  private readonly cables = new Map<VmId, CableEnd>();

  constructor(host: HostNetwork = hostNetwork) {
    this.network = new MachineNetwork(host);
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

  private plug({ id, name, network, cable, wake }: Extract<PatchbayCommand, { kind: 'plug' }>): void {
    this.unplug(id);
    const end = new CableEnd(cable);
    this.cables.set(id, end);
    let isFlushing = false;
    const flush = (): void => {
      isFlushing = false;
      if (end.flush()) raise(wake);
    };
    const deliver = (frame: Uint8Array): void => {
      end.send(frame);
      // What one turn brings goes together.
      if (!isFlushing) queueMicrotask(flush);
      isFlushing = true;
    };
    this.network.plug({ id, name, network, deliver });
    end.onFrames((frames) =>
      this.pump.add(
        frames,
        (frame) => {
          if (this.cables.get(id) === end) this.network.send(id, frame);
        },
        (count) => end.noteTaken(count),
      ),
    );
  }

  private unplug(id: VmId): void {
    this.network.unplug(id);
    this.cables.get(id)?.close();
    this.cables.delete(id);
  }
}

function raise({ words, index }: WakeWord): void {
  const ints = new Int32Array(words);
  Atomics.add(ints, index, 1);
  Atomics.notify(ints, index);
}
