import { CompiledHandlers } from '../engine/accelerators/translate/index.ts';
import { compileThreadedModule } from './threadedModule.ts';

let compiled: Promise<CompiledHandlers> | undefined;

/** The threaded tier's handlers, for who runs machines itself; made once a process. */
export function compileThreadedHandlers(): Promise<CompiledHandlers> {
  return (compiled ??= compileThreadedModule().then((module) => new CompiledHandlers(module)));
}
