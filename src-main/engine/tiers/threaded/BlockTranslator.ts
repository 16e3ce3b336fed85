import type { DecodeResult, Instruction } from '../../decode/Instruction.ts';
import type { Mmu } from '../../mmu/Mmu.ts';
import type { PhysicalMemory } from '../../mmu/PhysicalMemory.ts';
import { beginCounting, type Hotness } from './blockHead.ts';
import type { Block, BlockKind, CodeCache, CodePage, Link } from './CodeCache.ts';
import { CodeBytes } from './CodeBytes.ts';
import type { TranslationContext } from './Form.ts';
import { InstructionPlans } from './InstructionPlans.ts';
import { MAX_BLOCK_INSTRUCTIONS, RECORD } from './record.ts';
import type { StepKind } from './stepHandlers.ts';
import { writeOperands, writeStep } from './writeRecord.ts';

/** Table indices of handlers. */
export interface HandlerIndex {
  step(kind: StepKind): number;
  /** undefined: the form does not exist, which is the engine's own mistake. */
  form(key: string): number | undefined;
  /** The handler that does what `handler` does and then the instruction of another form; undefined: there is none. */
  extended(handler: number, by: number): number | undefined;
}

/** The mode that code is translated for. */
export interface TranslationMode extends TranslationContext {
  readonly mode: 'real' | 'protected' | 'v86';
}

/** Room that a block may need: instructions, a guard, an end, and stubs. */
export const BLOCK_ROOM = 3 * MAX_BLOCK_INSTRUCTIONS;

export interface TranslatorOptions {
  readonly cache: CodeCache;
  readonly handlers: HandlerIndex;
  readonly physicalMemory: PhysicalMemory;
  readonly mmu: Mmu;
  /** CPUID feature names that exist. */
  hasFeature(feature: string): boolean;
  isBreakpoint(linearAddress: number): boolean;
  /** When `enterHot` is called for a block; undefined: blocks are not counted. */
  readonly hotness: Hotness | undefined;
}

/** Where a block is translated: a page and how it lies in linear memory and in CS. */
export interface TranslationSite {
  readonly page: CodePage;
  readonly mode: TranslationMode;
  /** Linear address of the page's first byte. */
  readonly linearPage: number;
  /** Whether jumps with 16-bit operands may be chained: no offset of the page is beyond 64 KiB. */
  readonly isBelow64K: boolean;
  /** Breakpoints stand in the linear page. */
  readonly hasBreakpoints: boolean;
}

/** Decodes guest code and writes it as records. */
export class BlockTranslator {
  private readonly options: TranslatorOptions;
  private readonly plans: InstructionPlans;

  constructor(options: TranslatorOptions) {
    this.options = options;
    this.plans = new InstructionPlans({
      form: (key) => options.handlers.form(key),
      hasFeature: (feature) => options.hasFeature(feature),
    });
  }

  /**
   * Translates the block that starts at `offset`. The caller has made sure of room in the cache.
   * Throws #PF when the first instruction reaches into a page that is not there.
   *
   * @param kind of `step` and `single` one instruction, with no breakpoints
   */
  translate(site: TranslationSite, offset: number, kind: BlockKind): Block {
    return new BlockBuilder(this.options, this.plans, site, kind).build(offset);
  }
}

/** One block in the making. */
class BlockBuilder {
  private readonly options: TranslatorOptions;
  private readonly plans: InstructionPlans;
  private readonly site: TranslationSite;
  private readonly kind: BlockKind;
  private readonly view: DataView;
  private readonly code: CodeBytes;
  private readonly records: number[] = [];
  private readonly links: Link[] = [];
  /** Page offset behind the last byte that the block depends on. */
  private end = 0;
  private nextPhysical = -1;
  /** The record whose handler may do the next one's part, too, and that handler; 0: there is none. */
  private opening = 0;
  private openingHandler = 0;

  constructor(options: TranslatorOptions, plans: InstructionPlans, site: TranslationSite, kind: BlockKind) {
    this.options = options;
    this.plans = plans;
    this.site = site;
    this.kind = kind;
    this.view = options.physicalMemory.view;
    this.code = new CodeBytes(options.physicalMemory);
  }

  build(offset: number): Block {
    const limit = this.kind === 'block' ? MAX_BLOCK_INSTRUCTIONS : 1;
    let at = offset,
      count = 0;
    if (this.kind === 'block' && this.options.hotness) {
      const head = this.step('head', at, 1);
      beginCounting(this.view, head, this.options.hotness);
      this.open(head, this.options.handlers.step('head'));
    }
    while (count < limit && at <= 0xfff) {
      const next = this.instruction(at, count);
      if (next === undefined) return this.finish(offset);
      at = next;
      count++;
    }
    if (this.kind === 'step') this.ending('stop', at, count);
    else if (this.kind === 'single') this.ending('yield', at, count);
    else if (at > 0xfff) this.leavePage(at, count);
    else this.goTo(at, count);
    return this.finish(offset);
  }

  /**
   * Translates the instruction at a page offset, the block's `count`th from 0.
   * @returns the offset of the following one, undefined when the block ends here
   */
  private instruction(at: number, count: number): number | undefined {
    const { site } = this;
    if (at > site.page.high || at < site.page.low) return this.endWith('generalProtection', at, count, at + 1);
    if (this.kind === 'block' && site.hasBreakpoints && this.options.isBreakpoint((site.linearPage + at) >>> 0)) {
      return this.endWith('breakpoint', at, count, at + 1);
    }
    let result = this.code.decode(site.page.physical, at, site.mode.codeSize);
    if (result.kind === 'truncated') {
      if (count > 0) {
        // It starts a block of its own, behind a check of where the next page lies.
        this.goTo(at, count);
        return undefined;
      }
      // Nothing of the next page lies within CS.
      if (site.page.high <= 0xfff) return this.endWith('generalProtection', at, count, 0x1000);
      result = this.guardNextPage(at);
    }
    if (result.kind !== 'instruction') {
      return this.endWith(
        result.kind === 'undefined' ? 'undefined' : 'generalProtection',
        at,
        count,
        this.nextPhysical < 0 ? Math.min(0x1000, at + 15) : at + 15,
      );
    }
    const { instruction } = result;
    const next = at + instruction.length;
    if (next - 1 > site.page.high) return this.endWith('generalProtection', at, count, next);
    const endsBlock = this.writeInstruction(instruction, at, count + 1);
    if (endsBlock === undefined) return this.endWith('undefined', at, count, next);
    this.end = next;
    return this.kind === 'block' && endsBlock ? undefined : next;
  }

  /** Reads on in the next page, and puts a check of its place before the instruction. */
  private guardNextPage(at: number): DecodeResult {
    const { site } = this;
    // A fault here is the instruction's own: it is about to be executed.
    const next = this.options.mmu.translate((site.linearPage + 0x1000) >>> 0, 'execute', 'current');
    this.nextPhysical = next - (next & 0xfff);
    const guard = this.step('crossPage', at, 1);
    this.view.setUint32(guard + RECORD.immediate, this.nextPhysical, true);
    this.view.setUint32(guard + RECORD.link, this.kind === 'step' ? 1 : 0, true);
    return this.code.decodeAcross(site.page.physical, at, this.nextPhysical, site.mode.codeSize);
  }

  /** A record of the translator's own; `count` as STEP_KINDS says. */
  private step(kind: StepKind, pageOffset: number, count: number): number {
    const record = this.newRecord();
    writeStep(this.view, record, this.options.handlers.step(kind), pageOffset, count);
    this.opening = 0;
    return record;
  }

  private open(record: number, handler: number): void {
    this.opening = record;
    this.openingHandler = handler;
  }

  /** Lets the handler of a record before this one do its part, where there is a handler for both. */
  private joinOrOpen(record: number, handler: number): void {
    const { opening, openingHandler } = this;
    const joint = opening === 0 ? undefined : this.options.handlers.extended(openingHandler, handler);
    if (joint === undefined) {
      this.open(record, handler);
      return;
    }
    this.view.setUint32(opening + RECORD.handler, joint, true);
    this.open(opening, joint);
  }

  /** A record behind the block's last instruction. It depends on none of the block's bytes and never goes stale. */
  private ending(kind: StepKind, pageOffset: number, count: number): number {
    const record = this.options.cache.allocate();
    writeStep(this.view, record, this.options.handlers.step(kind), pageOffset, count);
    return record;
  }

  private endWith(kind: StepKind, at: number, count: number, end: number): undefined {
    this.step(kind, at, count + 1);
    this.end = Math.max(this.end, end);
    return undefined;
  }

  private goTo(at: number, count: number): void {
    const record = this.ending('goto', at, count);
    this.links.push({ field: record + RECORD.link, offset: at });
  }

  private leavePage(target: number, count: number): void {
    const record = this.ending(this.site.mode.isFlat ? 'leavePageFlat' : 'leavePageSegmented', target, count);
    this.view.setInt32(record + RECORD.displacement, target, true);
  }

  private newRecord(): number {
    const record = this.options.cache.allocate();
    this.records.push(record);
    return record;
  }

  /** @returns whether the block ends behind it; undefined when the instruction does not exist */
  private writeInstruction(instruction: Instruction, at: number, count: number): boolean | undefined {
    const { view, site } = this;
    const next = at + instruction.length;
    // It is a jump's only operand.
    const relative = instruction.operands.at(0);
    const isRelative = relative?.kind === 'relative';
    const target = isRelative ? next + relative.displacement : 0;
    const isInside = isRelative && this.isChainable(instruction, target);
    const plan = this.plans.planOf(instruction, site.mode, isInside);
    if (plan === null) return undefined;
    const record = this.newRecord();
    view.setUint32(record + RECORD.handler, plan.handler, true);
    this.joinOrOpen(record, plan.handler);
    view.setUint16(record + RECORD.pageOffset, at, true);
    view.setUint16(record + RECORD.nextOffset, next, true);
    view.setUint8(record + RECORD.count, count);
    if (isInside) this.links.push({ field: record + RECORD.link, offset: target });
    else if (isRelative) view.setInt32(record + RECORD.displacement, target, true);
    writeOperands(view, record, instruction, plan.usesOperands);
    return plan.endsBlock;
  }

  /** A target in the same page, reached without wrapping at 64 KiB. */
  private isChainable(instruction: Instruction, target: number): boolean {
    const { site } = this;
    if (target < site.page.low || target > site.page.high || target > 0xfff) return false;
    return instruction.operandSize === 16 ? site.mode.codeSize === 16 && site.isBelow64K : true;
  }

  /** Links come last: stubs are records too, and a block's records lie side by side. */
  private finish(start: number): Block {
    for (const { field, offset } of this.links) this.linkTo(field, offset);
    return {
      page: this.site.page,
      firstRecord: this.records[0],
      recordCount: this.records.length,
      start,
      end: Math.max(this.end, start + 1),
      nextPhysical: this.nextPhysical,
      kind: this.kind,
      links: this.links,
    };
  }

  /** Points a field at a page offset's block, or at a stub until there is one. */
  private linkTo(field: number, offset: number): void {
    const { page } = this.site;
    const fields = page.links.get(offset) ?? new Set();
    page.links.set(offset, fields.add(field));
    let record = page.blocks.get(offset)?.firstRecord ?? page.stubs.get(offset);
    if (record === undefined) {
      record = this.options.cache.allocate();
      writeStep(this.view, record, this.options.handlers.step('stub'), offset, 0);
      page.stubs.set(offset, record);
    }
    this.view.setUint32(field, record, true);
  }
}
