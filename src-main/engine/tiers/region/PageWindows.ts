import { type Expression, type ValueType, i64Const, load, load64, storeCode } from '../../wasm/Expression.ts';
import { REGION_WINDOW, VCPU_BLOCK } from '../../state/layout.ts';
import { type RegionCode, ZERO } from './RegionCode.ts';

/** A variable of the region, wherever it is kept. */
interface Variable<T extends ValueType> {
  get(): Expression<T>;
  set(value: Expression<T>): void;
}

/** The page that a group of accesses was in last. */
export interface PageWindow {
  /** Minus the page's end; 0: no page. */
  readonly minusEnd: Variable<'i64'>;
  /** Host address less linear address. */
  readonly addend: Variable<'i32'>;
}

/** Groups of their own at most; further ones share two windows. */
const MOST_OWN = 14;
const MOST_WINDOWS = MOST_OWN + 2;

/**
 * Instructions of a region from which on its windows lie in memory. In locals they are free in a small loop. In a large
 * region they take the host's registers from the guest's, and each way that meets another moves all of them from
 * one place on the stack to another: V8 gives what it cannot keep in registers a new place wherever ways meet.
 */
const LARGE = 100;

/** The windows of a region, by the name of their group. */
export class PageWindows {
  private readonly code: RegionCode;
  private readonly isInMemory: boolean;
  private readonly windows = new Map<string, PageWindow>();

  constructor(code: RegionCode, instructionCount: number) {
    this.code = code;
    this.isInMemory = instructionCount > LARGE;
  }

  /** Whether `forgetAll` needs to have been told by `declare` of windows that the code behind it uses. */
  get mustBeDeclared(): boolean {
    return !this.isInMemory;
  }

  get names(): Iterable<string> {
    return this.windows.keys();
  }

  declare(names: Iterable<string>): void {
    for (const name of names) this.of(name);
  }

  of(name: string): PageWindow {
    const known = this.windows.get(name);
    if (known) return known;
    if (this.windows.size >= MOST_OWN && !name.startsWith('other')) {
      return this.of(name.endsWith('write') ? 'other write' : 'other read');
    }
    const made = this.isInMemory ? this.inMemory(this.windows.size) : this.inLocals(name.replace(' ', '.'));
    this.windows.set(name, made);
    return made;
  }

  /** The entry: none holds a page. Locals begin with 0. */
  clear(): void {
    if (this.isInMemory) this.forgetAll();
  }

  forgetAll(): void {
    if (!this.isInMemory) for (const { minusEnd } of this.windows.values()) minusEnd.set(i64Const(0));
    else for (let index = 0; index < MOST_WINDOWS; index++) this.inMemory(index).minusEnd.set(i64Const(0));
  }

  /** The addend for one access, which finds it by `set` where the window did not hold the page. */
  addendOf({ addend }: PageWindow): Variable<'i32'> {
    if (!this.isInMemory) return addend;
    // From a local, so that what has just been found need not come back from memory.
    const { code } = this;
    const local = code.temporary('i32');
    code.f.set(local, addend.get());
    return {
      get: () => code.f.get(local),
      set: (value) => {
        code.f.set(local, value);
        addend.set(code.f.get(local));
      },
    };
  }

  private inLocals(label: string): PageWindow {
    const { f } = this.code;
    const variable = <T extends ValueType>(type: T, name: string): Variable<T> => {
      const local = f.newLocal(type, name);
      return { get: () => f.get(local), set: (value) => f.set(local, value) };
    };
    return { minusEnd: variable('i64', `${label}.end`), addend: variable('i32', `${label}.addend`) };
  }

  private inMemory(index: number): PageWindow {
    const { f, cpu } = this.code;
    const window = cpu + VCPU_BLOCK.regionWindows + REGION_WINDOW.size * index;
    const end = window + REGION_WINDOW.minusEnd,
      addend = window + REGION_WINDOW.addend;
    return {
      minusEnd: { get: () => load64(ZERO, end), set: (value) => f.emit(storeCode(ZERO, value, 64, end)) },
      addend: { get: () => load(ZERO, 32, addend), set: (value) => f.emit(storeCode(ZERO, value, 32, addend)) },
    };
  }
}
