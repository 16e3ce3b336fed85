/**
 * The translating accelerator.
 *
 *   const handlers = new CompiledHandlers(await WebAssembly.compile(bytesOfThreadedWasm)); // once per process
 *   const memory = PhysicalMemory.create(ramBytes);                                          // once per VM
 *   const processor = new TranslatedProcessor({ id: 0, memory, handlers, bus, interrupts, clock, features });
 *
 * The build writes the bytes beside the main bundle as `threaded.wasm`.
 */
export { CompiledHandlers } from './CompiledHandlers.ts';
export { TranslatedProcessor } from './TranslatedProcessor.ts';
export type { MadeRegion, RegionOptions } from '../../tiers/region/RegionTier.ts';
export type { RegionCompiler } from '../../tiers/region/RegionCompiler.ts';
export {
  type CompileOutcome,
  type RegionJob,
  compileRegion,
  compileRegionApart,
} from '../../tiers/region/compileRegion.ts';
export { type PackedJob, packJob, unpackJob } from '../../tiers/region/packJob.ts';
export { createCpuFeatures } from '../../semantics/system/CpuFeatures.ts';
export { PhysicalMemory } from '../../mmu/PhysicalMemory.ts';
