import type { DefinitionCommands } from './DefinitionCommands.ts';
import type { DiskLayers } from './disks/DiskLayers.ts';
import type { MachineSet } from './MachineSet.ts';
import type { CabledMachine, NetworkThread } from './network/NetworkThread.ts';
import type { Observatory } from './Observatory.ts';
import type { CheckpointKeeper } from './snapshots/CheckpointKeeper.ts';
import type { SnapshotCommands } from './snapshots/SnapshotCommands.ts';
import type { MachineTraces } from './traces/MachineTraces.ts';
import type { TypedEmitter } from './TypedEmitter.ts';
import type { HypervisorEvents } from './types.ts';
import type { VirtualMachine, VirtualMachineEvents } from './VirtualMachine.ts';

/** Who hears of what happens to machines. */
export interface MachineListeners {
  readonly machines: MachineSet;
  readonly emitter: TypedEmitter<HypervisorEvents>;
  readonly observatory: Observatory;
  readonly network: NetworkThread;
  readonly traces: MachineTraces;
  readonly layers: DiskLayers;
  readonly snapshots: SnapshotCommands;
  readonly checkpoints: CheckpointKeeper;
  readonly definitions: DefinitionCommands;
}

export function machineEvents(listeners: MachineListeners): VirtualMachineEvents {
  const { emitter, observatory, network, traces, checkpoints, definitions } = listeners;
  return {
    onChanged: (machine) => emitter.emit('vm-changed', machine.summary()),
    onState: (machine, from, to) => {
      if (to === 'off') onOff(machine, listeners);
      checkpoints.onState(machine, from, to);
      emitter.emit('vm-state', { id: machine.id, from, to, at: Date.now() });
    },
    onThread: (machine) => {
      plug(machine, network);
      traces.onThread(machine);
    },
    onTrace: (machine, lines) => traces.onLines(machine.id, lines),
    onTraceFull: (machine) => traces.onFull(machine.id),
    onRestored: (machine) => {
      observatory.onOff(machine);
      network.rename(machine.id, machine.stored.name);
      emitter.emit('vm-restored', { id: machine.id });
    },
    onSerial: (output) => emitter.emit('serial-output', output),
    onSound: (machine, samples) => emitter.emit('sound', { vmId: machine.id, samples }),
    onMedia: (machine, media) => void definitions.noteMedia(machine, media),
    onDriveProblem: (machine, problem) => emitter.emit('drive-problem', { vmId: machine.id, ...problem }),
    onContainment: (machine, records) => observatory.onContainment(machine, records),
    onLoaded: (machine, loaded) => observatory.onLoaded(machine, loaded),
    onCrashed: (machine, report) => observatory.onCrashed(machine, report),
  };
}

function onOff(
  machine: VirtualMachine,
  { machines, observatory, network, layers, snapshots, traces }: MachineListeners,
): void {
  observatory.onOff(machine);
  network.unplug(machine.id);
  layers.forget(machine.id);
  if (!machines.isClosed && !machine.isBeingDeleted) void snapshots.tidy(machine);
  traces.onOff(machine.id);
}

/** Its thread gets the cable of its network adapter. */
function plug({ stored: { id, name, network }, worker }: VirtualMachine, thread: NetworkThread): void {
  thread.unplug(id);
  if (network === null || worker === undefined) return;
  const { wake, owed } = worker;
  const connect: CabledMachine['connect'] = (cable) => worker.post('plugIn', cable, [cable.port]);
  thread.plug({ id, name, network, wake, owed, connect });
}
