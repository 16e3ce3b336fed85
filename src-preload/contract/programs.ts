import { z } from 'zod';
import { Bytes } from './Bytes.ts';
import { call, event } from './Channel.ts';
import { Diagnostic } from './Outcome.ts';

/** The kinds of program file; `auto` recognises by content, `bios` is firmware in place of Vivarium's own. */
export const ProgramFormat = z.enum(['auto', 'seed', 'asm', 'com', 'bin', 'boot', 'elf', 'multiboot', 'linux', 'bios']);
export type ProgramFormat = z.infer<typeof ProgramFormat>;

/**
 * Leave to read one file that the user has chosen (dialog, drop, recent list). The window never names
 * paths: it holds tokens, good for this run of the app.
 */
export const FileGrant = z.object({
  token: z.string().min(1).max(64),
  name: z.string(),
  /** For showing only, with the home folder as `~`. */
  displayPath: z.string(),
});
export type FileGrant = z.infer<typeof FileGrant>;

/** Where a program comes from. */
export const ProgramSource = z.discriminatedUnion('kind', [
  /** `initrd`: token of a kernel's initial RAM disk; `vgaBios`: of the display adapter's firmware beside a BIOS. */
  z.object({
    kind: z.literal('file'),
    token: z.string().max(64),
    initrd: z.string().max(64).optional(),
    vgaBios: z.string().max(64).optional(),
  }),
  z.object({ kind: z.literal('sample'), sampleId: z.string().max(64) }),
  /** The editor's text; `token` names the file it was opened from, for `incbin` and `%include`. */
  z.object({
    kind: z.literal('text'),
    name: z.string().min(1).max(255),
    text: z.string().max(4_000_000),
    token: z.string().max(64).optional(),
  }),
  z.object({ kind: z.literal('bytes'), name: z.string().min(1).max(255), bytes: Bytes }),
]);
export type ProgramSource = z.infer<typeof ProgramSource>;

/** The user's overrides. */
export const ProgramOptions = z.object({
  format: ProgramFormat.optional(),
  /** Flat binary: physical address of the first byte and of the entry. */
  origin: z.number().int().min(0).max(0xffff_ffff).optional(),
  /** Flat binary: code size at the entry. */
  bits: z.union([z.literal(16), z.literal(32)]).optional(),
  /** Multiboot: what follows the kernel's name on its command line. Linux: the command line. */
  commandLine: z.string().max(4096).optional(),
});
export type ProgramOptions = z.infer<typeof ProgramOptions>;

const Localised = z.object({ en: z.string(), zh: z.string() });

export const Sample = z.object({
  id: z.string(),
  fileName: z.string(),
  title: Localised,
  description: Localised,
  category: z.enum(['learn', 'demo', 'rogue']),
});
export type Sample = z.infer<typeof Sample>;

/** One line of an assembler's listing: where its bytes lie. */
export const ListingLine = z.object({
  /** Linear address of the first byte. */
  address: z.number(),
  bytes: Bytes,
  /** 1-based. */
  line: z.number().int(),
  file: z.string(),
});
export type ListingLine = z.infer<typeof ListingLine>;

export const Assembly = z.object({
  /** Errors and warnings; with an error there are no bytes. */
  diagnostics: z.array(Diagnostic),
  bytes: Bytes.nullable(),
  listing: z.array(ListingLine),
  symbols: z.array(z.object({ name: z.string(), address: z.number() })),
  /** One line for the user: how large, which format, which entry. */
  summary: z.string(),
});
export type Assembly = z.infer<typeof Assembly>;

/** A text in the editor. `grant` is null for a text that has no file yet (new, or a sample). */
export const EditorDocument = z.object({ name: z.string(), text: z.string(), grant: FileGrant.nullable() });
export type EditorDocument = z.infer<typeof EditorDocument>;

export const programContract = {
  /** Opens the file dialog. */
  'program:pick': call(z.object({ purpose: z.enum(['create', 'load']).default('create') }), z.array(FileGrant)),
  /** What a file is and whether it would load, without loading it. */
  'program:inspect': call(
    z.object({ source: ProgramSource, options: ProgramOptions.optional(), memoryMiB: z.number().int().optional() }),
    z.object({ format: ProgramFormat, summary: z.string(), warnings: z.array(Diagnostic) }),
  ),
  /** The text that a machine's program was assembled from, for the editor. */
  'program:source': call(z.object({ id: z.string() }), EditorDocument),

  'sample:list': call(z.void(), z.array(Sample)),
  'sample:open': call(z.object({ sampleId: z.string().max(64) }), EditorDocument),

  /** Opens the file dialog. */
  'editor:open': call(z.void(), EditorDocument),
  'editor:openFile': call(z.object({ token: z.string().max(64) }), EditorDocument),
  /** Writes to the file that the text was opened from or saved to. */
  'editor:save': call(z.object({ token: z.string().max(64), text: z.string().max(4_000_000) }), FileGrant),
  /** Opens the save dialog. */
  'editor:saveAs': call(z.object({ name: z.string().max(255), text: z.string().max(4_000_000) }), FileGrant),
  'editor:assemble': call(
    z.object({ name: z.string().max(255), text: z.string().max(4_000_000), token: z.string().max(64).optional() }),
    Assembly,
  ),
  /** Texts that differ from their files, so that quitting can ask first. */
  'editor:unsaved': call(z.object({ names: z.array(z.string().max(255)).max(100) }), z.void()),

  'recent:list': call(z.void(), z.array(FileGrant)),
  'recent:clear': call(z.void(), z.void()),
  'recent:changed': event(z.array(FileGrant)),
} as const;
