import { type I32, add, i32Const, load, or, select, storeCode, unsignedLeb } from '../wasm/Expression.ts';
import { FunctionBuilder, type Local } from '../wasm/FunctionBuilder.ts';
import { PAGING, VCPU_BLOCK } from '../state/layout.ts';

export const ZERO = i32Const(0);

/** Body of a function over i32 values that sees one vCPU's block at a constant address. */
export class PagingFunction extends FunctionBuilder {
  /** Start of the vCPU's block in its VM's memory. */
  readonly cpu: number;
  readonly arguments: readonly I32[];

  constructor(cpu: number, parameters: number) {
    super(Array.from({ length: parameters }, () => 'i32' as const));
    this.cpu = cpu;
    this.arguments = this.parameters.map((local) => this.get(local as Local<'i32'>));
  }

  /** A field of the state. */
  state(offset: number): I32 {
    return load(ZERO, 32, this.cpu + offset);
  }

  setState(offset: number, value: I32): void {
    this.emit(storeCode(ZERO, value, 32, this.cpu + offset));
  }

  /** A field of PAGING. */
  field(offset: number): I32 {
    return this.state(VCPU_BLOCK.paging + offset);
  }

  setField(offset: number, value: I32): void {
    this.setState(VCPU_BLOCK.paging + offset, value);
  }

  /** Calls a function of the module that returns an i32. */
  invoke(functionIndex: number, ...parameters: I32[]): I32 {
    return this.let<'i32'>({
      type: 'i32',
      code: [...parameters.map(({ code }) => code), 0x10, ...unsignedLeb(functionIndex)],
    });
  }

  /** `value` where the condition holds, else 0. */
  where(condition: I32, value: I32): I32 {
    return select(condition, value, ZERO) as I32;
  }

  /** Sets bits of a byte in memory. */
  setBits8(address: I32, bits: number): void {
    this.emit(storeCode(address, or(load(address, 8), i32Const(bits)), 8));
  }

  /** Flags of a page of RAM by its number: the address of their byte. */
  flagsOfPage(page: I32): I32 {
    return add(this.field(PAGING.pageFlags), page);
  }
}
