import type { DeviceRegister, RegisterField } from '../devices.ts';

/** A field as it is drawn. */
export interface FieldReading {
  readonly name: string;
  readonly value: number;
  /** One bit: it is set or it is not. */
  readonly isFlag: boolean;
}

/** A register and whether it is another than it was at the reading before. */
export interface RegisterRow {
  /** Unique in the device. */
  readonly key: string;
  readonly name: string;
  /** In hexadecimal, as wide as the register; or the device's words. */
  readonly text: string;
  readonly fields: readonly FieldReading[];
  readonly isChanged: boolean;
}

export interface RegisterPart {
  /** Empty: the device's own. */
  readonly name: string;
  readonly rows: readonly RegisterRow[];
}

/** Registers hold up to 53 bits, which is more than bitwise operators do. */
function fieldValue(value: number, { high, low }: RegisterField): number {
  return Math.floor(value / 2 ** low) % 2 ** (high - low + 1);
}

function textOf(register: DeviceRegister): string {
  if ('text' in register) return register.text;
  return register.bits === 1
    ? String(register.value)
    : register.value.toString(16).padStart(Math.ceil(register.bits / 4), '0');
}

function keyOf({ part = '', name }: DeviceRegister): string {
  return `${part} ${name}`;
}

/** Registers by the part that they belong to, in the device's order. @param before texts by key */
export function registerParts(
  registers: readonly DeviceRegister[],
  before: ReadonlyMap<string, string>,
): RegisterPart[] {
  const parts = new Map<string, RegisterRow[]>();
  for (const register of registers) {
    const [key, text, name] = [keyOf(register), textOf(register), register.part ?? ''];
    const rows = parts.get(name) ?? [];
    parts.set(name, rows);
    const was = before.get(key);
    rows.push({
      key,
      name: register.name,
      text,
      fields:
        'fields' in register
          ? register.fields.map((field) => ({
              name: field.name,
              value: fieldValue(register.value, field),
              isFlag: field.high === field.low,
            }))
          : [],
      isChanged: was !== undefined && was !== text,
    });
  }
  return [...parts].map(([name, rows]) => ({ name, rows }));
}

/** What the next reading is compared with. */
export function registerTexts(registers: readonly DeviceRegister[]): ReadonlyMap<string, string> {
  return new Map(registers.map((register) => [keyOf(register), textOf(register)]));
}
