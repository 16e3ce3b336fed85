import { z } from 'zod';
import { call } from './Channel.ts';
import { VmId } from './machines.ts';
import { FileGrant } from './programs.ts';

/** What is added to a file's addresses, modulo 4 GiB. */
const Offset = z.number().int().min(-0xffff_ffff).max(0xffff_ffff);

/** A machine's symbol file, apart from its program. */
export const SymbolFile = z.object({
  file: FileGrant,
  offset: Offset,
  symbolCount: z.number().int(),
  lineCount: z.number().int(),
  /** Why nothing is known of it now: in English, and which sentence it is for windows in another language. */
  problem: z.object({ message: z.string(), text: z.string() }).nullable(),
});
export type SymbolFile = z.infer<typeof SymbolFile>;

export const symbolContract = {
  /** Null: the program's own symbols are all. Reads the file, where that was not done. */
  'symbols:status': call(z.object({ id: VmId }), SymbolFile.nullable()),
  /** Opens the file dialog for a symbol file. */
  'symbols:pick': call(z.object({ id: VmId }), FileGrant),
  /**
   * A machine's symbol file, in any state: a 32-bit ELF file, or a list as nm and System.map have it; null: none any more. A
   * file that is refused changes nothing. Breakpoints by name find their places anew.
   */
  'symbols:set': call(
    z.object({ id: VmId, token: z.string().max(64).nullable(), offset: Offset.default(0) }),
    SymbolFile.nullable(),
  ),
} as const;
