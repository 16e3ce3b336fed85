import { z } from 'zod';
import { jsonOf, jsonSection, type Section, SectionProblem } from '../storage/SectionFile.ts';

/** A file that the run read: its bytes, or what they hashed to. */
export interface RecordedFile {
  readonly name: string;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
  readonly bytes: Uint8Array | undefined;
}

const filesSchema = z.array(
  z.strictObject({
    name: z.string().max(4096),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    section: z.string().max(16).nullable(),
  }),
);

export function encodeFiles(files: readonly RecordedFile[]): Section[] {
  const list = files.map(({ name, sha256, bytes }, index) => ({
    name,
    sha256,
    section: bytes ? `file-${index}` : null,
  }));
  const kept = files.flatMap(({ bytes }, index): Section[] => (bytes ? [{ name: `file-${index}`, bytes }] : []));
  return [jsonSection('files', list), ...kept];
}

/** Throws {@link SectionProblem}. */
export function decodeFiles(sections: ReadonlyMap<string, Uint8Array>): RecordedFile[] {
  return jsonOf(sections, 'files', filesSchema).map(({ name, sha256, section }) => {
    const bytes = section === null ? undefined : sections.get(section);
    if (section !== null && bytes === undefined)
      throw new SectionProblem(`its section files makes no sense: there is no section ${section}`);
    return { name, sha256, bytes };
  });
}
