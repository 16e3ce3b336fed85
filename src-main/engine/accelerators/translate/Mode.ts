import { FLAG } from '../../state/flags.ts';
import { ATTRIBUTE, type CpuState } from '../../state/CpuState.ts';
import { CODE_KEY_MODE, CS, DS, ES, SS, STATE } from '../../state/layout.ts';
import type { TranslationMode } from '../../tiers/threaded/BlockTranslator.ts';

const CR0_PE = 1;

/** Bits of a code key; above them a number, see `CodeKeys`. */
const KEY = { code32: 1, stack32: 2, flat: 4, protected: 8, v86: 16, user: 32, numberShift: 6 };

/** Keys without their numbers: 6 bits. */
const RECENT = 64;

/** Kept at most between two flushes. Real mode alone has 65,536 code segments. */
const MOST_KEPT = 100_000;
const LAST_NUMBER = 0x1ff_ffff;

/** What a translation depends on: the key without privilege and code segment. */
export function translationKey(codeKey: number): number {
  return codeKey & CODE_KEY_MODE;
}

/** @param hasX87 the processor has an x87; it has or has not for good, so no key tells */
export function modeOf(codeKey: number, hasX87: boolean): TranslationMode {
  return {
    codeSize: codeKey & KEY.code32 ? 32 : 16,
    stackSize: codeKey & KEY.stack32 ? 32 : 16,
    isFlat: (codeKey & KEY.flat) !== 0,
    hasX87,
    mode: codeKey & KEY.v86 ? 'v86' : codeKey & KEY.protected ? 'protected' : 'real',
  };
}

/** Whether code under this key needs neither CS's base nor its limit. */
export function isFlatKey(codeKey: number): boolean {
  return (codeKey & KEY.flat) !== 0;
}

/**
 * Gives every mode and code segment a number of its own, and new ones after each flush, so that one word in the jump
 * cache identifies both, and tells whether it is still known where linear addresses lead.
 */
export class CodeKeys {
  /** By CS's base, then by its limit and the key. */
  private readonly numbers = new Map<number, Map<number, number>>();
  private next = 1;
  /** What `next` was at the last flush. */
  private first = 1;
  /** The last number asked for by each key. */
  private readonly recentBases = new Float64Array(RECENT).fill(-1);
  private readonly recentLimits = new Float64Array(RECENT);
  private readonly recentNumbers = new Float64Array(RECENT);

  /** The code key of the processor's present mode. */
  current(state: CpuState): number {
    const isProtected = (state.controlRegister(0) & CR0_PE) !== 0;
    const isV86 = (state.getInt(STATE.systemFlags) & FLAG.VM) !== 0;
    let key = 0;
    if (state.segmentAttributes(CS) & ATTRIBUTE.DB && !isV86) key |= KEY.code32;
    if (state.segmentAttributes(SS) & ATTRIBUTE.DB && !isV86) key |= KEY.stack32;
    if (isProtected) key |= KEY.protected;
    if (isV86) key |= KEY.v86;
    if (state.cpl === 3) key |= KEY.user;
    if (isFlat(state)) key |= KEY.flat;
    const isCodeFlat = (key & KEY.flat) !== 0;
    const number = this.number(
      isCodeFlat ? 0 : state.segmentBase(CS),
      (isCodeFlat ? 0 : state.segmentLimit(CS)) * 64 + key,
    );
    return key | (number << KEY.numberShift);
  }

  private number(base: number, limitAndKey: number): number {
    // Transfers go to and fro between few segments.
    const at = limitAndKey & (RECENT - 1);
    if (this.recentBases[at] === base && this.recentLimits[at] === limitAndKey) return this.recentNumbers[at];
    const number = this.find(base, limitAndKey);
    this.recentBases[at] = base;
    this.recentLimits[at] = limitAndKey;
    this.recentNumbers[at] = number;
    return number;
  }

  private find(base: number, limitAndKey: number): number {
    let byLimit = this.numbers.get(base);
    if (byLimit === undefined) {
      byLimit = new Map();
      this.numbers.set(base, byLimit);
    }
    let number = byLimit.get(limitAndKey);
    if (number === undefined) {
      number = this.next++;
      byLimit.set(limitAndKey, number);
    }
    return number;
  }

  /** Whether there are too many to keep, or to come: the owner forgets all keys and calls `restart`. */
  get isExhausted(): boolean {
    return this.next - this.first > MOST_KEPT || this.next > LAST_NUMBER;
  }

  /** From now on numbers that have not been given out before. */
  renew(): void {
    this.numbers.clear();
    this.recentBases.fill(-1);
    this.first = this.next;
  }

  restart(): void {
    this.next = 1;
    this.renew();
  }
}

/** Accesses through ES, CS, SS and DS need neither base nor check. */
function isFlat(state: CpuState): boolean {
  return isWhole(state, CS) && isFlatData(state, SS) && isFlatData(state, DS) && isFlatData(state, ES);
}

function isFlatData(state: CpuState, segment: number): boolean {
  const kind = ATTRIBUTE.CODE | ATTRIBUTE.READ_WRITE | ATTRIBUTE.CONFORMING_EXPAND_DOWN;
  return isWhole(state, segment) && (state.segmentAttributes(segment) & kind) === ATTRIBUTE.READ_WRITE;
}

/** Present, and all 4 GiB from 0. */
function isWhole(state: CpuState, segment: number): boolean {
  return (
    state.segmentBase(segment) === 0 &&
    state.segmentLimit(segment) === 0xffff_ffff &&
    (state.segmentAttributes(segment) & ATTRIBUTE.P) !== 0
  );
}
