import type { Encoding } from '../../src-main/engine/isa/Encoding.ts';
import { CaseBuilder, type Variant } from './CaseBuilder.ts';
import { operandSizesOf } from '../support/engine/encodeRow.ts';
import { computesFloats } from './floatState.ts';
import { Random } from '../support/engine/Random.ts';
import { digestOf, type OracleCase } from './OracleCase.ts';

/** Instances of each variant; of those that compute with floating-point numbers so many times more. */
const FLOAT_FACTOR = 4;
const COUNTS = { register: 20, memory32: 20, memory16: 8, implicit: 32, lock: 8, illegalLock: 1 };

/** Cases of a row, always the same for the same table, whatever other rows there are. */
export function generateCases(row: Encoding): OracleCase[] {
  const cases: OracleCase[] = [];
  for (const { variant, count } of variantsOf(row)) {
    const random = new Random(digestOf(`${row.name} ${variant.name}`));
    for (let made = 0; made < count;) {
      const oracleCase = new CaseBuilder(row, variant, random).build();
      if (!oracleCase) continue;
      cases.push(oracleCase);
      made++;
    }
  }
  return cases;
}

function variantsOf(row: Encoding): { variant: Variant; count: number }[] {
  const variants: { variant: Variant; count: number }[] = [];
  const factor = computesFloats(row) ? FLOAT_FACTOR : 1;
  const add = (operandSize: 16 | 32, shape: keyof typeof COUNTS, form: Omit<Variant, 'name' | 'operandSize'>): void => {
    variants.push({
      variant: { name: `${operandSize} ${shape}`, operandSize, ...form },
      count: COUNTS[shape] * factor,
    });
  };
  const usesAddressSize =
    row.operands.some((code) => /^[OXY]/.test(code)) || /^(xlatb|loop|loope|loopne)$/.test(row.mnemonic);
  for (const operandSize of operandSizesOf(row, 32)) {
    if (row.modrm === 'none') {
      if (row.addressSizes.includes(32))
        add(operandSize, 'implicit', { addressSize: 32, isMemory: false, lock: false });
      if (usesAddressSize || !row.addressSizes.includes(32)) {
        add(operandSize, 'memory16', { addressSize: 16, isMemory: false, lock: false });
      }
    }
    if (row.modrm === 'any' || row.modrm === 'register') {
      add(operandSize, 'register', { addressSize: 32, isMemory: false, lock: false });
      if (/^maskmov/.test(row.mnemonic))
        add(operandSize, 'memory16', { addressSize: 16, isMemory: false, lock: false });
    }
    if (row.modrm === 'any' || row.modrm === 'memory') {
      add(operandSize, 'memory32', { addressSize: 32, isMemory: true, lock: false });
      add(operandSize, 'memory16', { addressSize: 16, isMemory: true, lock: false });
      if (row.lockable) add(operandSize, 'lock', { addressSize: 32, isMemory: true, lock: true });
    }
    // AMD's processors take LOCK MOV CR0 for MOV CR8.
    const isMemory = row.modrm === 'memory';
    if (!(row.lockable && isMemory) && !/Cd|Dd/.test(row.operands.join())) {
      add(operandSize, 'illegalLock', { addressSize: 32, isMemory, lock: true });
    }
  }
  return variants;
}
