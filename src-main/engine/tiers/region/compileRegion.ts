import { MEMORY_IMPORT } from '../../state/layout.ts';
import { ModuleBuilder, type Signature } from '../../wasm/ModuleBuilder.ts';
import type { FunctionNotes } from '../../wasm/FunctionBuilder.ts';
import { ROUTINES, type RoutineName } from '../../softfloat/routines.ts';
import { REGION_RUNTIME, type RegionRuntimeName } from '../threaded/regionRuntime.ts';
import { HANDLER_SIGNATURE } from '../threaded/runtimeFunctions.ts';
import { type RegionPlace, buildRegionFunction } from './RegionFunction.ts';
import type { RegionPlan } from './RegionPlan.ts';

/** What a region's function is made from. */
export interface RegionJob {
  readonly plan: Omit<RegionPlan, 'sources'>;
  readonly place: Omit<RegionPlace, 'functionIndex'>;
}

/** A region's module before V8 has seen it. */
export interface EncodedRegion {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Names of the functions it imports. */
  readonly imports: readonly string[];
  readonly notes: FunctionNotes;
}

/** What came of a job. Code that cannot be made is no region: it stays the threaded tier's. */
export type CompileOutcome =
  | {
      readonly kind: 'compiled';
      readonly module: WebAssembly.Module;
      readonly encoded: EncodedRegion;
      /** Time spent, in milliseconds. */
      readonly compileMs: number;
    }
  | { readonly kind: 'failed'; readonly message: string };

/** The module of a region: imports memory and what it calls, and no table, which V8 would copy for each module. */
export function encodeRegion({ plan, place }: RegionJob): EncodedRegion {
  const imports: string[] = [];
  const functionIndex = (name: string): number => {
    const known = imports.indexOf(name);
    return known >= 0 ? known : imports.push(name) - 1;
  };
  const f = buildRegionFunction(plan, { ...place, functionIndex });
  const module = new ModuleBuilder(MEMORY_IMPORT);
  for (const name of imports) module.importFunction(name, signatureOf(name));
  const index = module.declare(HANDLER_SIGNATURE);
  module.define(index, f);
  module.exportFunction('region', index);
  return { bytes: module.encode(), imports, notes: f.notes };
}

/** Makes a region's module. @param nowMs a clock, for the time spent */
export function compileRegion(job: RegionJob, nowMs: () => number): CompileOutcome {
  const started = nowMs();
  try {
    const encoded = encodeRegion(job);
    const module = new WebAssembly.Module(encoded.bytes);
    return { kind: 'compiled', module, encoded, compileMs: nowMs() - started };
  } catch (thrown) {
    return { kind: 'failed', message: String(thrown) };
  }
}

/** The same, V8's part in its own threads: the caller may have several made at once. */
export async function compileRegionApart(job: RegionJob, nowMs: () => number): Promise<CompileOutcome> {
  const started = nowMs();
  try {
    const encoded = encodeRegion(job);
    const module = await WebAssembly.compile(encoded.bytes);
    return { kind: 'compiled', module, encoded, compileMs: nowMs() - started };
  } catch (thrown) {
    return { kind: 'failed', message: String(thrown) };
  }
}

function signatureOf(name: string): Signature {
  if (name in REGION_RUNTIME) return REGION_RUNTIME[name as RegionRuntimeName];
  return ROUTINES[name.slice('routine.'.length) as RoutineName];
}
