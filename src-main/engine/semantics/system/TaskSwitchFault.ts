import { GuestFault } from '../../GuestFault.ts';

/**
 * A fault of a task switch after its point of no return: it belongs to the new task. `state.eip` is the
 * new task's, and whoever catches it must not restore the EIP of the instruction that switched.
 */
export class TaskSwitchFault extends GuestFault {}
