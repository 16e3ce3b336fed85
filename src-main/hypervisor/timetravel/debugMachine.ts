import type { DebuggedMachine } from '../../machine/debugging/DebuggedMachine.ts';
import type { Stops, TravelResult } from '../../machine/replay/ReverseExecution.ts';
import { changeMemory, changeProcessor, requestNmi } from '../changeMachine.ts';
import type { TranslatedMachine } from '../TranslatedMachine.ts';
import type { TimeTravel } from './TimeTravel.ts';

/** How a machine that can go back runs and goes back. */
export type DebuggedTravel = Pick<
  DebuggedMachine,
  'run' | 'step' | 'setStops' | 'stepBack' | 'beginSearch' | 'searchOn' | 'giveUpSearch'
>;

/** A machine for its debugger; one without `travel` cannot go back. */
export function debugMachine(parts: TranslatedMachine, travel: DebuggedTravel | undefined): DebuggedMachine {
  const { machine, memory, processors } = parts;
  return {
    machine,
    memory,
    canGoBack: travel !== undefined,
    ...(travel ?? straightOn(parts)),
    registersChanged: (vcpu) => {
      const state = processors[vcpu]?.save();
      if (state) changeProcessor(parts, { vcpu, state });
    },
    writeMemory: (physicalAddress, bytes) => changeMemory(parts, { physicalAddress, bytes }),
    requestNmi: (vcpu) => requestNmi(parts, vcpu),
    reset: () => machine.reset(),
  };
}

function straightOn({ machine, processors }: TranslatedMachine): DebuggedTravel {
  const cannot = (): never => {
    throw new Error('This machine cannot go back.');
  };
  return {
    run: (slice) => machine.run(slice),
    step: () => machine.step(),
    setStops: (stops) => {
      for (const processor of processors) armProcessor(processor, stops);
    },
    stepBack: cannot,
    beginSearch: cannot,
    searchOn: cannot,
    giveUpSearch: cannot,
  };
}

/** Stops of one processor of a machine that keeps no history. */
export function armProcessor(processor: TranslatedMachine['processors'][number], stops: Stops): void {
  processor.setBreakpoints(stops.breakpoints);
  processor.setWatchpoints(stops.watchpoints);
  processor.setCatchpoints(stops.catchpoints ?? []);
}

/** The way back of a machine whose run goes through `travel`. */
export function debuggedTravel(travel: TimeTravel): DebuggedTravel {
  let search: Generator<undefined, TravelResult, undefined> | undefined;
  return {
    run: (slice) => travel.run(slice),
    step: () => travel.step(),
    setStops: (stops) => travel.setStops(stops),
    stepBack: () => travel.stepBack(),
    beginSearch: () => {
      search = travel.searchBack();
    },
    searchOn: () => {
      if (search === undefined) throw new Error('no search has begun');
      const piece = search.next();
      return piece.done === true ? piece.value : undefined;
    },
    giveUpSearch: () => void search?.return({ reason: 'position', position: travel.position }),
  };
}
