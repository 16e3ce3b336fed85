import { ModuleBuilder, type Signature } from '../../wasm/ModuleBuilder.ts';
import { ROUTINES, type RoutineName } from '../../softfloat/routines.ts';
import { REGION_RUNTIME, type RegionRuntimeName } from '../threaded/regionRuntime.ts';
import { HANDLER_SIGNATURE } from '../threaded/runtimeFunctions.ts';
import { type RegionPlace, buildRegionFunction } from './RegionFunction.ts';
import type { RegionPlan } from './RegionPlan.ts';

/** A region's module and its function. */
export interface CompiledRegion {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly function: unknown;
}

/** The module of a region: imports memory and what it calls, and no table, which V8 would copy for each module. */
export function encodeRegion(
  plan: RegionPlan,
  place: Omit<RegionPlace, 'functionIndex'>,
): { bytes: Uint8Array<ArrayBuffer>; imports: readonly string[] } {
  const imports: string[] = [];
  const functionIndex = (name: string): number => {
    const known = imports.indexOf(name);
    return known >= 0 ? known : imports.push(name) - 1;
  };
  const f = buildRegionFunction(plan, { ...place, functionIndex });
  const module = new ModuleBuilder({ minimumPages: 1, maximumPages: 65_536 });
  for (const name of imports) module.importFunction(name, signatureOf(name));
  const index = module.declare(HANDLER_SIGNATURE);
  module.define(index, f);
  module.exportFunction('region', index);
  return { bytes: module.encode(), imports };
}

export function compileRegion(
  plan: RegionPlan,
  place: Omit<RegionPlace, 'functionIndex'>,
  runtime: WebAssembly.Exports,
  memory: WebAssembly.Memory,
): CompiledRegion {
  const { bytes, imports } = encodeRegion(plan, place);
  const env: WebAssembly.ModuleImports = { memory };
  for (const name of imports) env[name] = runtime[name];
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env });
  return { bytes, function: instance.exports['region'] };
}

function signatureOf(name: string): Signature {
  if (name in REGION_RUNTIME) return REGION_RUNTIME[name as RegionRuntimeName];
  return ROUTINES[name.slice('routine.'.length) as RoutineName];
}
