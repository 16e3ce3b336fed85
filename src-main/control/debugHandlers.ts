import type { CallName } from '../../src-preload/contract/contract.ts';
import type { Breakpoints } from '../debug/Breakpoints.ts';
import type { HypervisorService } from '../hypervisor/types.ts';
import type { Handlers } from './handlers.ts';
import { succeed, toOutcome } from './outcomes.ts';
import type { Debugging } from './Debugging.ts';

type DebugCall = Extract<CallName, `debug:${string}`>;

export function debugHandlers(
  hypervisor: HypervisorService,
  debugging: Debugging,
  breakpoints: Breakpoints,
): Handlers<DebugCall> {
  return {
    'debug:registers': ({ id, vcpu }) => debugging.registers(id, vcpu),
    'debug:writeRegister': ({ id, vcpu, name, value }) => debugging.writeRegister(id, vcpu, name, value),

    'debug:breakpoints': ({ id }) => succeed(debugging.listBreakpoints(id)),
    'debug:setBreakpoint': ({ id, linearAddress, enabled }) => debugging.setBreakpoint(id, linearAddress, enabled),
    'debug:clearBreakpoint': ({ id, linearAddress }) => {
      breakpoints.clear(id, linearAddress);
      return debugging.applyBreakpoints(id);
    },
    'debug:addBreakpoint': ({ id, breakpoint }) => debugging.addBreakpoint(id, breakpoint),
    'debug:changeBreakpoint': ({ id, breakpointId, breakpoint }) =>
      debugging.changeBreakpoint(id, breakpointId, breakpoint),
    'debug:removeBreakpoint': ({ id, breakpointId }) => {
      breakpoints.remove(id, breakpointId);
      return debugging.applyBreakpoints(id);
    },
    'debug:breakpointHits': ({ id }) => debugging.breakpointHits(id),
    'debug:evaluate': ({ id, vcpu, expressions }) => debugging.evaluate(id, vcpu, expressions),
    'debug:callStack': ({ id, vcpu }) => debugging.callStack(id, vcpu),
    'debug:stepOut': ({ id, vcpu }) => debugging.stepOut(id, vcpu),
    'debug:symbols': ({ id, text }) => debugging.findSymbols(id, text),
    'debug:clearAllBreakpoints': ({ id }) => {
      breakpoints.clearAll(id);
      return debugging.applyBreakpoints(id);
    },
    'debug:runTo': async ({ id, linearAddress }) =>
      toOutcome(await hypervisor.runTo(id, linearAddress), () => undefined),

    'debug:disassemble': ({ id, vcpu, linearAddress, linesBefore, linesAfter }) =>
      debugging.disassemble(id, vcpu, linearAddress, linesBefore, linesAfter),
    'debug:readMemory': ({ id, vcpu, space, address, length }) =>
      debugging.readMemory(id, vcpu, space, address, length),
    'debug:writeMemory': ({ id, vcpu, space, address, bytes }) =>
      debugging.writeMemory(id, vcpu, space, address, bytes),
  };
}
