import type { VmSummary } from '../../../src-preload/contract/machines.ts';
import type { StageState } from './Tour.ts';

export type SceneCommand = 'vm:start' | 'vm:startPaused' | 'vm:pause' | 'vm:resume' | 'vm:powerOff';

/** What brings a machine nearer to the state that a step begins with; null: it is there, or on its way. */
export function commandTowards(
  wanted: StageState,
  { state, instructions }: Pick<VmSummary, 'state'> & { readonly instructions: number },
): SceneCommand | null {
  if (state === 'starting' || state === 'saving') return null;
  if (state === 'crashed') return 'vm:powerOff';
  switch (wanted) {
    case 'off':
      return state === 'off' ? null : 'vm:powerOff';
    case 'running':
      if (state === 'running') return null;
      return state === 'paused' ? 'vm:resume' : 'vm:start';
    case 'paused':
      if (state === 'paused') return null;
      // One that was off runs first: it is to be paused amid its work.
      return state === 'running' ? 'vm:pause' : 'vm:start';
    case 'ready':
      if (state === 'paused' && instructions === 0) return null;
      return state === 'off' ? 'vm:startPaused' : 'vm:powerOff';
  }
}
