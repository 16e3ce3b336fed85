import type { Instruction } from '../../decode/Instruction.ts';
import type { TranslationMode } from '../threaded/BlockTranslator.ts';
import type { Form } from '../threaded/Form.ts';
import type { Block } from '../threaded/CodeCache.ts';
import type { InstructionEffects } from './InstructionEffects.ts';

/** One guest instruction of a region. */
export interface Site {
  readonly instruction: Instruction;
  /** Its shape, and the key in `semantics`. */
  readonly form: Form;
  readonly semantics: string;
  readonly eip: number;
  readonly nextEip: number;
  /** EIP of byte 0 of its page. */
  readonly eipBase: number;
  /** Its bytes, where they lie in guest memory. */
  readonly bytes: Uint8Array;
  /** Its record in the threaded tier, which calls out of the region name, and that record's `count`. */
  readonly record: number;
  readonly recordCount: number;
  readonly effects: InstructionEffects;
  /** Record to call for an instruction that the threaded tier's handler does, else 0. */
  readonly single: number;
  /** Where a relative jump, branch or call goes. */
  readonly relativeTarget: number | undefined;
  /** EIPs that an indirect jump, call or return may go to inside the region, likeliest first. */
  readonly targets: readonly number[];
}

/** Instructions that run one after the other. */
export interface BasicBlock {
  readonly sites: readonly Site[];
  /** Where control goes: positions in `RegionPlan.blocks`. */
  readonly successors: readonly number[];
}

/** What a region is made from. The first block is its entry. */
export interface RegionPlan {
  readonly mode: TranslationMode;
  readonly blocks: readonly BasicBlock[];
  /** Position of the block that starts at an EIP. */
  readonly blockAt: ReadonlyMap<number, number>;
  /** Translations of the threaded tier that it was made beside: it lives as long as all of them. */
  readonly sources: ReadonlySet<Block>;
  readonly instructionCount: number;
}

/** Whether control may go on behind an instruction in the order of its bytes. */
export function fallsThrough({ instruction }: Pick<Site, 'instruction'>): boolean {
  const { flow } = instruction.encoding;
  return flow === 'next' || flow === 'branch' || flow === 'system';
}

/** Target of a relative jump, in CS. */
export function relativeTarget(site: Pick<Site, 'nextEip'>, displacement: number, operandSize: number): number {
  const target = (site.nextEip + displacement) >>> 0;
  return operandSize === 16 ? target & 0xffff : target;
}
