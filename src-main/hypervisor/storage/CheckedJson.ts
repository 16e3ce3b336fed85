import { createHash } from 'node:crypto';
import { z } from 'zod';

/**
 * Small files of JSON that say what they are: `{"format", "version", "checksum", <field>}`, the checksum being the
 * SHA-256 of the field's JSON text as `JSON.stringify` makes it of what stands in the file.
 */
export interface CheckedJsonFormat<Value> {
  readonly format: string;
  readonly version: number;
  /** The field's name, and what the file is called in messages. */
  readonly field: string;
  readonly noun: string;
  readonly schema: z.ZodType<Value>;
  /** Lifts the content of a file of an older version by one version each. */
  readonly migrations: ReadonlyMap<number, Migration>;
}

export type Migration = (content: unknown) => unknown;

export type ParsedJson<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  /** Written by a later Vivarium: to be left alone. */
  | { readonly kind: 'newer'; readonly version: number }
  /** The message is the end of a sentence that begins with the file's name. */
  | { readonly kind: 'damaged'; readonly message: string };

export function hashBytes(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function serialiseChecked<Value>(
  { format, version, field }: Pick<CheckedJsonFormat<Value>, 'format' | 'version' | 'field'>,
  value: Value,
): string {
  const checksum = hashBytes(JSON.stringify(value));
  return `${JSON.stringify({ format, version, checksum, [field]: value }, null, 2)}\n`;
}

export function parseChecked<Value>(
  { format, version, field, noun, schema, migrations }: CheckedJsonFormat<Value>,
  content: string,
): ParsedJson<Value> {
  let file: unknown;
  try {
    file = JSON.parse(content);
  } catch {
    return damaged(content.trim() === '' ? 'the file is empty' : 'it is not JSON: it was cut off or overwritten');
  }
  const header = z.looseObject({
    format: z.literal(format),
    version: z.int(),
    checksum: z.string().regex(/^[0-9a-f]{64}$/),
  });
  const parsed = header.safeParse(file);
  if (!parsed.success || parsed.data[field] === undefined) return damaged(`it is not ${noun}`);
  if (parsed.data.version > version) return { kind: 'newer', version: parsed.data.version };
  let value: unknown = parsed.data[field];
  if (hashBytes(JSON.stringify(value)) !== parsed.data.checksum) return damaged('its checksum is wrong');
  for (let from = parsed.data.version; from < version; from++) {
    const migrate = migrations.get(from);
    if (migrate === undefined) return damaged(`nothing is known of version ${from}`);
    value = migrate(value);
  }
  const checked = schema.safeParse(value);
  if (checked.success) return { kind: 'value', value: checked.data };
  const [issue] = checked.error.issues;
  return damaged(`the field ${issue?.path.join('.') ?? ''} is wrong: ${issue?.message ?? ''}`);
}

function damaged(message: string): { readonly kind: 'damaged'; readonly message: string } {
  return { kind: 'damaged', message };
}
