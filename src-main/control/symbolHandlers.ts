import path from 'node:path';
import type { CallName } from '../../src-preload/contract/contract.ts';
import type { Outcome } from '../../src-preload/contract/Outcome.ts';
import type { SymbolFile } from '../../src-preload/contract/symbols.ts';
import type { Breakpoints } from '../debug/Breakpoints.ts';
import type { HypervisorService, VmId } from '../hypervisor/types.ts';
import type { FileGrants } from './files/FileGrants.ts';
import { NOT_GRANTED } from './files/ProgramSources.ts';
import type { Handlers } from './handlers.ts';
import { refuse, refuseWith, succeed } from './outcomes.ts';
import type { MachineSymbols } from './symbols/MachineSymbols.ts';

type SymbolCall = Exclude<Extract<CallName, `symbols:${string}`>, 'symbols:pick'>;

export interface SymbolServices {
  readonly hypervisor: HypervisorService;
  readonly symbols: MachineSymbols;
  readonly breakpoints: Breakpoints;
  readonly grants: FileGrants;
}

/** Symbol files of machines, apart from their programs. */
export function symbolHandlers(services: SymbolServices): Handlers<SymbolCall> {
  const { hypervisor, symbols, grants } = services;
  return {
    'symbols:status': async ({ id }) => succeed(await statusOf(services, id)),
    'symbols:set': async ({ id, token, offset }) => {
      if (token === null) return change(services, id, null);
      const file = grants.resolve(token, 'read');
      if (file === null) return refuse('access-not-granted', NOT_GRANTED);
      if (!hypervisor.get(id)) return refuse('machine-not-found', 'That machine no longer exists.', {}, 'no-machine');
      const found = await symbols.tryFile(id, { path: file, offset });
      if (found.ok) return change(services, id, { path: file, offset });
      return refuse('invalid-value', found.message, { name: path.basename(file), field: 'symbols' }, `symbols-${found.problem}`); // prettier-ignore
    },
  };
}

async function change(
  services: SymbolServices,
  id: VmId,
  file: { readonly path: string; readonly offset: number } | null,
): Promise<Outcome<SymbolFile | null>> {
  const { hypervisor, symbols, breakpoints } = services;
  const changed = await hypervisor.update(id, { symbols: file });
  if (!changed.ok) return refuseWith(changed.error);
  if (changed.value.state !== 'off') await symbols.arm(id, breakpoints);
  return succeed(await statusOf(services, id));
}

async function statusOf({ hypervisor, symbols, grants }: SymbolServices, id: VmId): Promise<SymbolFile | null> {
  const chosen = hypervisor.get(id)?.symbols;
  const found = await symbols.ofFile(id);
  if (!chosen || found === null) return null;
  return {
    file: grants.grant(chosen.path, 'read'),
    offset: chosen.offset,
    symbolCount: found.ok ? found.table.addresses.length : 0,
    lineCount: found.ok ? found.table.lineAddresses.length : 0,
    problem: found.ok ? null : { message: found.message, text: `symbols-${found.problem}` },
  };
}
