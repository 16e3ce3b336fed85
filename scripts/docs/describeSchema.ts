import { z } from 'zod';

/** What of JSON Schema zod makes of our schemas. */
interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly default?: unknown;
}

/** What a value is called, and its fields with what may stand in them, those of objects below theirs: `drives[].slot`. */
export interface SchemaDescription {
  readonly noun: string;
  readonly rows: string[][];
}

export function describeSchema(schema: z.ZodType): SchemaDescription {
  if (schema instanceof z.ZodVoid) return { noun: 'nothing', rows: [] };
  // As it is read. Bytes and the like, for which JSON has no word, count as anything.
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema; // a part of what zod's type allows
  return { noun: words(json), rows: json.properties ? rowsOf(json, '') : rowsBelow(json, '') };
}

function rowsOf(schema: JsonSchema, path: string): string[][] {
  const rows: string[][] = [];
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const place = path === '' ? name : `${path}.${name}`;
    rows.push([`\`${place}\``, wordsWithDefault(field, schema.required?.includes(name) ?? false)]);
    rows.push(...rowsBelow(field, place));
  }
  return rows;
}

function rowsBelow(field: JsonSchema, place: string): string[][] {
  const alternatives = field.anyOf ?? field.oneOf;
  if (alternatives) return alternatives.flatMap((each) => rowsBelow(each, place));
  if (field.items) return rowsBelow(field.items, place === '' ? '' : `${place}[]`);
  return field.properties ? rowsOf(field, place) : [];
}

function wordsWithDefault(field: JsonSchema, isRequired: boolean): string {
  if (field.default !== undefined) return `${words(field)}; missing: \`${JSON.stringify(field.default)}\``;
  return isRequired ? words(field) : `${words(field)}; may be missing`;
}

function words(schema: JsonSchema): string {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return [...new Set(alternatives.map(words))].join(', or ');
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return `one of ${schema.enum.map(code).join(' ')}`;
  if (schema.type === 'array') return `list of: ${schema.items ? words(schema.items) : 'anything'}`;
  if (schema.type === 'object') return schema.properties ? 'object' : 'object with any keys';
  if (schema.type === 'integer' || schema.type === 'number') return `${schema.type}${range(schema)}`;
  if (schema.type === 'string') return text(schema);
  return schema.type === 'null' ? 'null' : (schema.type ?? 'anything');
}

const code = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

function range({ minimum, maximum }: JsonSchema): string {
  const least = minimum === undefined || minimum === -Number.MAX_SAFE_INTEGER ? undefined : minimum;
  const most = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (least !== undefined && most !== undefined) return `, ${least} to ${most}`;
  if (least !== undefined) return `, ${least} or more`;
  return most === undefined ? '' : `, ${most} at most`;
}

function text({ maxLength, pattern }: JsonSchema): string {
  if (pattern !== undefined) return `text like \`${pattern.replaceAll('|', '\\|')}\``;
  return maxLength === undefined ? 'text' : `text of ${maxLength} characters at most`;
}
