import { decode } from '../../decode/Decoder.ts';
import type { Instruction, MemoryOperand, RegisterOperand } from '../../decode/Instruction.ts';
import type { Mmu } from '../../mmu/Mmu.ts';
import type { PhysicalMemory } from '../../mmu/PhysicalMemory.ts';
import { DS, STATE, highByteOffset, registerOffset, segmentOffset } from '../../state/layout.ts';
import type { Block, CodeCache, CodePage } from './CodeCache.ts';
import { type TranslationContext, formOf, isDefined, semanticsOf } from './Form.ts';
import { MAX_BLOCK_INSTRUCTIONS, RECORD } from './record.ts';
import type { StepKind } from './stepHandlers.ts';

/** Table indices of handlers. */
export interface HandlerIndex {
  step(kind: StepKind): number;
  /** undefined: the form does not exist, which is the engine's own mistake. */
  form(key: string): number | undefined;
}

/** The mode that code is translated for. */
export interface TranslationMode extends TranslationContext {
  readonly mode: 'real' | 'protected' | 'v86';
}

/** Semantics behind which a block ends, beyond what the table's `flow` says. */
const ENDS_BLOCK = new Set(['hlt', 'movToControl', 'movToDebug', 'lmsw', 'invlpg', 'clts', 'wrmsr', 'ud', 'rsm']);
const ENDS_FLOW = new Set(['jump', 'call', 'indirect']);
const TRANSFERS = new Set([
  'int',
  'int1',
  'int3',
  'iret',
  'jmpFar',
  'callFar',
  'retFar',
  'jmpFarIndirect',
  'callFarIndirect',
  'sysenter',
  'sysexit',
]);

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
}

/** Where a block is translated: a page and how it lies in linear memory and in CS. */
export interface TranslationSite {
  readonly page: CodePage;
  readonly mode: TranslationMode;
  /** Linear address of the page's first byte. */
  readonly linearPage: number;
  /** Whether jumps with 16-bit operands may be chained: no offset of the page is beyond 64 KiB. */
  readonly isBelow64K: boolean;
}

/** Decodes guest code and writes it as records. */
export class BlockTranslator {
  private readonly options: TranslatorOptions;
  private readonly view: DataView;
  private readonly filler = new Uint8Array(0x1000).fill(0xff);
  private readonly spanning = new Uint8Array(32);

  constructor(options: TranslatorOptions) {
    this.options = options;
    this.view = options.physicalMemory.view;
  }

  /**
   * Translates the block that starts at `offset`. The caller has made sure of room in the cache.
   * @param isStep one instruction followed by a stop
   */
  translate(site: TranslationSite, offset: number, isStep: boolean): Block {
    const { cache } = this.options;
    const records: number[] = [];
    const newRecord = (): number => {
      const record = cache.allocate();
      records.push(record);
      return record;
    };
    // Stubs are allocated after the block, so that its records are consecutive.
    const links: { linkField: number; offset: number }[] = [];
    let at = offset,
      count = 0,
      end = offset,
      nextPhysical = -1;
    const limit = isStep ? 1 : MAX_BLOCK_INSTRUCTIONS;
    for (;;) {
      if (count === limit || at > 0xfff) {
        const record = newRecord();
        if (isStep) this.step(record, 'stop', at, count);
        else if (at > 0xfff) this.leavePage(record, site, at, count);
        else {
          this.step(record, 'goto', at, count);
          links.push({ linkField: record + RECORD.link, offset: at });
        }
        break;
      }
      if (at > site.page.high || at < site.page.low) {
        this.step(newRecord(), 'generalProtection', at, count + 1);
        break;
      }
      if (!isStep && this.options.isBreakpoint((site.linearPage + at) >>> 0)) {
        this.step(newRecord(), 'breakpoint', at, count + 1);
        end = Math.max(end, at + 1);
        break;
      }
      const { bytes, start, stop } = this.codeBytes(site.page.physical);
      let result = decode(bytes, start + at, stop, site.mode.codeSize);
      if (result.kind === 'truncated') {
        if (count > 0) {
          // Stands in a block of its own, behind a check of where the next page lies.
          const record = newRecord();
          this.step(record, 'goto', at, count);
          links.push({ linkField: record + RECORD.link, offset: at });
          break;
        }
        const guard = newRecord();
        this.step(guard, 'crossPage', at, 1);
        // A fault here is the instruction's own: it is about to be executed.
        const next = this.options.mmu.translate((site.linearPage + 0x1000) >>> 0, 'execute', 'current');
        nextPhysical = next - (next & 0xfff);
        this.view.setUint32(guard + RECORD.immediate, nextPhysical, true);
        result = this.decodeSpanning(bytes, start, at, nextPhysical, site.mode.codeSize);
      }
      const record = newRecord();
      count++;
      if (result.kind !== 'instruction') {
        this.step(record, result.kind === 'undefined' ? 'undefined' : 'generalProtection', at, count);
        end = Math.min(0x1000, at + 15);
        break;
      }
      const { instruction } = result;
      end = at + instruction.length;
      if (end - 1 > site.page.high && site.page.high < 0xfff) {
        this.step(record, 'generalProtection', at, count);
        break;
      }
      if (!this.exists(instruction, site.mode)) {
        this.step(record, 'undefined', at, count);
        break;
      }
      this.writeRecord(record, instruction, site, at, count, links);
      at = end;
      if (!isStep && this.endsBlock(instruction)) break;
    }
    const block: Block = {
      page: site.page,
      firstRecord: records[0],
      recordCount: records.length,
      start: offset,
      end: Math.max(end, offset + 1),
      nextPhysical,
      isStep,
    };
    for (const { linkField, offset: target } of links) this.linkTo(site.page, linkField, target);
    return block;
  }

  /** Bytes of a page of code: RAM or ROM, or ones where nothing answers. */
  private codeBytes(physical: number): { bytes: Uint8Array; start: number; stop: number } {
    const host = this.options.physicalMemory.host(physical);
    if (host === 0) return { bytes: this.filler, start: 0, stop: 0x1000 };
    return { bytes: this.options.physicalMemory.bytes, start: host, stop: host + 0x1000 };
  }

  private decodeSpanning(
    bytes: Uint8Array,
    start: number,
    at: number,
    nextPhysical: number,
    codeSize: 16 | 32,
  ): ReturnType<typeof decode> {
    const head = 0x1000 - at;
    this.spanning.set(bytes.subarray(start + at, start + 0x1000));
    const next = this.codeBytes(nextPhysical);
    this.spanning.set(next.bytes.subarray(next.start, next.start + 16), head);
    return decode(this.spanning, 0, head + 16, codeSize);
  }

  private exists(instruction: Instruction, mode: TranslationMode): boolean {
    const { encoding } = instruction;
    if (!encoding.modes[mode.mode] || !isDefined(instruction)) return false;
    const { feature } = encoding;
    return feature === '' || feature === 'fpu' || this.options.hasFeature(feature);
  }

  private endsBlock(instruction: Instruction): boolean {
    const name = semanticsOf(instruction);
    return ENDS_FLOW.has(instruction.encoding.flow) || TRANSFERS.has(name) || ENDS_BLOCK.has(name);
  }

  private step(record: number, kind: StepKind, pageOffset: number, count: number): void {
    this.view.setUint32(record + RECORD.handler, this.options.handlers.step(kind), true);
    this.view.setUint16(record + RECORD.pageOffset, pageOffset, true);
    this.view.setUint16(record + RECORD.nextOffset, pageOffset, true);
    this.view.setUint8(record + RECORD.count, count);
  }

  private leavePage(record: number, site: TranslationSite, target: number, count: number): void {
    this.step(record, site.mode.isFlat ? 'leavePageFlat' : 'leavePageSegmented', target, count);
    this.view.setInt32(record + RECORD.displacement, target, true);
  }

  private writeRecord(
    record: number,
    instruction: Instruction,
    site: TranslationSite,
    at: number,
    count: number,
    links: { linkField: number; offset: number }[],
  ): void {
    const { view } = this;
    const next = at + instruction.length;
    const relative = instruction.operands.find((operand) => operand.kind === 'relative');
    const target = relative ? next + relative.displacement : 0;
    const isInside = relative !== undefined && this.isChainable(instruction, site, target);
    const form = formOf(instruction, site.mode, isInside);
    const handler = this.options.handlers.form(form.key);
    if (handler === undefined)
      throw new Error(`no handler was generated for the form ${form.key} (${instruction.encoding.name})`);
    view.setUint32(record + RECORD.handler, handler, true);
    view.setUint16(record + RECORD.pageOffset, at, true);
    view.setUint16(record + RECORD.nextOffset, next, true);
    view.setUint8(record + RECORD.count, count);
    view.setUint16(record + RECORD.base, STATE.zero, true);
    view.setUint16(record + RECORD.index, STATE.zero, true);
    const segment = instruction.segmentOverride >= 0 ? instruction.segmentOverride : DS;
    view.setUint16(record + RECORD.segment, segmentOffset(segment), true);
    if (isInside) links.push({ linkField: record + RECORD.link, offset: target });
    else if (relative) view.setInt32(record + RECORD.displacement, target, true);
    if (form.operands.length > 0) this.writeOperands(record, instruction);
  }

  private writeOperands(record: number, instruction: Instruction): void {
    const { view } = this;
    const isString = instruction.encoding.repeat !== 'none';
    let registers = 0,
      immediates = 0;
    for (const operand of instruction.operands) {
      switch (operand.kind) {
        case 'register':
          if (registers < 2)
            view.setUint16(
              record + (registers === 0 ? RECORD.registerA : RECORD.registerB),
              stateOffset(operand),
              true,
            );
          registers++;
          break;
        case 'immediate':
          view.setInt32(record + (immediates++ === 0 ? RECORD.immediate : RECORD.link), operand.value, true);
          break;
        case 'far':
          view.setInt32(record + RECORD.immediate, operand.offset, true);
          view.setUint32(record + RECORD.link, operand.selector, true);
          break;
        case 'memory':
          // String instructions name their registers by themselves; the record holds the source's segment.
          if (!isString) this.writeMemory(record, operand);
          break;
        case 'relative':
          break;
      }
    }
  }

  private writeMemory(record: number, operand: MemoryOperand): void {
    const { view } = this;
    if (operand.base >= 0) view.setUint16(record + RECORD.base, registerOffset(operand.base), true);
    if (operand.index >= 0) view.setUint16(record + RECORD.index, registerOffset(operand.index), true);
    view.setUint8(record + RECORD.scale, operand.scale);
    view.setInt32(record + RECORD.displacement, operand.displacement, true);
    view.setUint16(record + RECORD.segment, segmentOffset(operand.segment), true);
  }

  /** A target in the same page, reached without wrapping at 64 KiB. */
  private isChainable(instruction: Instruction, site: TranslationSite, target: number): boolean {
    if (target < site.page.low || target > site.page.high || target > 0xfff) return false;
    return instruction.operandSize === 16 ? site.mode.codeSize === 16 && site.isBelow64K : true;
  }

  /** Points a link field at a page offset's block, or at a stub until there is one. */
  private linkTo(page: CodePage, linkField: number, offset: number): void {
    const block = page.blocks.get(offset);
    if (block) {
      this.view.setUint32(linkField, block.firstRecord, true);
      return;
    }
    let stub = page.stubs.get(offset);
    if (!stub) {
      const record = this.options.cache.allocate();
      this.step(record, 'stub', offset, 0);
      stub = { record, links: [] };
      page.stubs.set(offset, stub);
    }
    stub.links.push(linkField);
    this.view.setUint32(linkField, stub.record, true);
  }
}

/** Byte offset in the state of a register operand. */
function stateOffset(operand: RegisterOperand): number {
  switch (operand.file) {
    case 'segment':
      return segmentOffset(operand.index);
    case 'control':
      return STATE.cr0 + 8 * operand.index;
    case 'debug':
      return STATE.dr0 + 8 * operand.index;
    case 'general':
      return operand.highByte ? highByteOffset(operand.index) : registerOffset(operand.index);
    default:
      return STATE.zero;
  }
}
