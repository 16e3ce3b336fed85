import { deliverException } from './exceptionDelivery.ts';
import type { SystemContext } from './SystemContext.ts';
import { TaskSwitchFault } from './TaskSwitchFault.ts';

/**
 * A helper that may switch tasks, made to deliver by itself the faults that belong to the new task: the
 * engine takes any fault that leaves a helper as one of the current instruction, and restores its EIP.
 *
 * A shutdown leaves as the fault that led to it; its delivery fails again where the engine looks for that.
 */
export function deliveringTaskFaults(
  helper: (c: SystemContext, a: number, b: number, d: number) => void,
): (c: SystemContext, a: number, b?: number, d?: number) => void {
  return (c, a, b = 0, d = 0) => {
    try {
      helper(c, a, b, d);
    } catch (fault) {
      if (!(fault instanceof TaskSwitchFault) || deliverException(c, fault) === 'shutdown') throw fault;
    }
  };
}
