import type { MachinePosition } from '../../machine/MachineInput.ts';
import type { RecordedInput } from '../recordings/recordedInputs.ts';
import type { HistoryBeginning, TimeLine, TimeLinePlace } from '../types/timeTravel.ts';
import type { TimeTravel } from './TimeTravel.ts';

/** Marks that can be told apart on the widest screen. */
const MOST_MARKS = 400;

/** A machine's past, small enough to be looked at many times a second. */
export function timeLineOf(travel: TimeTravel, beginning: HistoryBeginning): TimeLine {
  const positions = travel.checkpointPositions();
  const inputs = travel.history.filter(isSeen);
  const first = positions[0] ?? travel.position;
  const span = Math.max(1, travel.latest - first.instructions) / MOST_MARKS;
  return {
    earliest: place(first),
    latest: place(travel.latestPosition),
    present: place(travel.position),
    beginning,
    checkpoints: apart(positions, span, (position) => position.instructions).map(({ instructions }) => instructions),
    inputs: apart(inputs, span, ({ at }) => at.instructions).map(({ at, input }) => ({
      instructions: at.instructions,
      // To whoever looks it is registers that somebody wrote.
      kind: input.kind === 'processor' ? 'register' : input.kind,
    })),
    inputCount: inputs.length,
    keptBytes: travel.keptBytes,
  };
}

type SeenInput = RecordedInput & { readonly input: Exclude<RecordedInput['input'], { kind: 'forget-addresses' }> };

function isSeen(recorded: RecordedInput): recorded is SeenInput {
  return recorded.input.kind !== 'forget-addresses';
}

function place({ instructions, guestTimeNs }: MachinePosition): TimeLinePlace {
  return { instructions, guestTimeNs };
}

/** The first of each group of neighbours, in order. */
function apart<T>(list: readonly T[], least: number, countOf: (item: T) => number): T[] {
  let last = -Infinity;
  return list.filter((item) => {
    const count = countOf(item);
    if (count - last < least) return false;
    last = count;
    return true;
  });
}
