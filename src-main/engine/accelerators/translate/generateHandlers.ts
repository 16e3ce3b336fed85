import { MEMORY_LAYOUT } from '../../state/layout.ts';
import { buildThreadedModule } from '../../tiers/threaded/threadedModule.ts';

/**
 * Bytes of the threaded tier's module, for vCPU 0 of any VM. Takes two or three seconds, so the build keeps
 * them in a file; `CompiledHandlers` takes them compiled.
 */
export function generateHandlers(): Uint8Array<ArrayBuffer> {
  return buildThreadedModule(MEMORY_LAYOUT.firstVcpu);
}
