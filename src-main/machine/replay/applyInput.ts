import type { Machine } from '../Machine.ts';
import type { MachineInput } from '../MachineInput.ts';

/** Those that reach a machine through its own methods. */
export type DeviceInput = Exclude<MachineInput, { kind: 'register' | 'memory' | 'processor' | 'nmi' }>;

/** Gives an input that was observed to a machine at the same position. */
export function applyInput(machine: Machine, input: DeviceInput): void {
  switch (input.kind) {
    case 'key':
      machine.inputs.key(input.code, input.isDown);
      return;
    case 'type':
      machine.inputs.type(input.steps, input);
      return;
    case 'mouse':
      machine.inputs.moveMouse(input.dx, input.dy, input.buttons, input.wheel);
      return;
    case 'serial':
      machine.inputs.serialInput(input.bytes, input.port);
      return;
    case 'console':
      machine.inputs.consoleInput(input.bytes);
      return;
    case 'frame':
      machine.inputs.receiveFrame(input.bytes);
      return;
    case 'power-button':
      machine.inputs.pressPowerButton();
      return;
    case 'medium':
      machine.inputs.changeMedium(input.slot, input.image ?? undefined);
      return;
    case 'reset':
      machine.reset();
      return;
    case 'forget-addresses':
      machine.forgetAddresses();
  }
}
