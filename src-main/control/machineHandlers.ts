import type { CallName } from '../../src-preload/contract/contract.ts';
import { encodeScreen } from '../hypervisor/screenPicture.ts';
import { CONSOLE_PORT, type HypervisorService } from '../hypervisor/types.ts';
import type { Handlers } from './handlers.ts';
import { refuse, succeed, toOutcome } from './outcomes.ts';
import { presentScreen } from './presentScreen.ts';
import { screenLines } from './screenText.ts';
import type { Machines } from './Machines.ts';
import { definedOnly } from './definedOnly.ts';

type MachineCall = Extract<CallName, `vm:${string}`>;

export function machineHandlers(
  hypervisor: HypervisorService,
  machines: Machines,
): Handlers<Exclude<MachineCall, 'vm:exits'>> {
  return {
    'vm:list': () => succeed(machines.list()),
    'vm:create': ({ settings = {}, program, options, drives, start }) =>
      machines.create(definedOnly(settings), program, options, start, drives),
    'vm:update': ({ id, changes, drives }) => machines.update(id, definedOnly(changes), drives),
    'vm:changeMedium': ({ id, slot, image }) => machines.changeMedium(id, slot, image),
    'vm:clone': ({ id, name }) => machines.outcome(hypervisor.clone(id, definedOnly({ name }))),
    'vm:export': ({ id, token, ...options }) => machines.exportTo(id, token, options),
    'vm:import': ({ token }) => machines.importFrom(token),
    'vm:delete': ({ id, undoable }) => machines.delete(id, { isUndoable: undoable }),
    'vm:undelete': ({ id }) => machines.undelete(id),
    'vm:load': ({ id, source, options, reset = false }) => machines.load(id, source, options, reset),

    'vm:start': ({ id, paused }) => machines.start(id, paused),
    'vm:pause': ({ id }) => machines.outcome(hypervisor.pause(id)),
    'vm:resume': ({ id }) => machines.outcome(hypervisor.resume(id)),
    'vm:step': ({ id, vcpu }) => machines.outcome(hypervisor.step(id, vcpu)),
    'vm:stepOver': ({ id, vcpu }) => machines.outcome(hypervisor.stepOver(id, vcpu)),
    'vm:reset': ({ id }) => machines.outcome(hypervisor.reset(id)),
    'vm:powerButton': ({ id }) => machines.outcome(hypervisor.pressPowerButton(id)),
    'vm:powerOff': ({ id }) => machines.outcome(hypervisor.powerOff(id)),
    'vm:suspend': ({ id }) => machines.outcome(hypervisor.suspend(id)),
    'vm:discardSuspended': ({ id }) => machines.outcome(hypervisor.discardSuspended(id)),

    'vm:key': ({ id, keys }) => toOutcome(hypervisor.console.sendKeys(id, keys), () => undefined),
    'vm:mouse': ({ id, motion }) => toOutcome(hypervisor.console.moveMouse(id, motion), () => undefined),
    'vm:typeText': ({ id, text }) => toOutcome(hypervisor.console.typeText(id, text), (typed) => typed),
    'vm:serialInput': ({ id, bytes, line }) =>
      toOutcome(hypervisor.console.sendSerial(id, bytes, line === 'virtio' ? CONSOLE_PORT : 0), () => undefined),
    'vm:screenText': async ({ id }) => {
      const screen = await presentScreen(hypervisor, id);
      if (!screen.ok) return screen;
      if (screen.value.mode === 'graphics')
        return refuse('wrong-state', 'The machine shows pixels, not text. Save them as a picture.');
      return succeed(screenLines(screen.value));
    },
    'vm:screenPicture': async ({ id }) => {
      const screen = await presentScreen(hypervisor, id);
      return screen.ok ? succeed(encodeScreen(screen.value)) : screen;
    },
  };
}
