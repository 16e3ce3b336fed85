import type { Instruction } from '../../decode/Instruction.ts';
import type { TranslationMode } from '../threaded/BlockTranslator.ts';
import { endsBlock, knownFormOf } from '../threaded/InstructionPlans.ts';
import type { Block } from '../threaded/CodeCache.ts';
import type { Form } from '../threaded/Form.ts';
import { effectsOf } from './InstructionEffects.ts';
import { type BasicBlock, type RegionPlan, type Site, fallsThrough, relativeTarget } from './RegionPlan.ts';

/** An instruction of the threaded tier's translation. */
export interface TranslatedInstruction {
  readonly instruction: Instruction;
  readonly eip: number;
  readonly eipBase: number;
  readonly bytes: Uint8Array;
  readonly record: number;
  readonly recordCount: number;
}

/** What a former sees of guest code: what the threaded tier has translated of it. */
export interface TranslatedCode {
  readonly mode: TranslationMode;
  /** Whether the x87's control word masks all exceptions: only then its instructions are simple. */
  readonly masksX87Exceptions: boolean;
  /** The block that starts at an EIP, when there is one. Has no side effects. */
  blockAt(eip: number): Block | undefined;
  /** Its instructions up to the first that is not one of the table's. */
  instructionsOf(block: Block, eip: number): readonly TranslatedInstruction[];
  /** Whether a block has been entered so often that a region had better contain it. */
  isWarm(block: Block): boolean;
  /** Record for one instruction of the threaded tier's that comes back; 0 when there is none. */
  single(eip: number): number;
  /** EIPs that the indirect jump or call of a record went to. */
  observedTargets(record: number): readonly number[];
}

export interface FormerLimits {
  readonly instructions: number;
  readonly blocks: number;
}

/**
 * Chooses the guest code of a region: what is reached from its entry, as far as it has run often and within
 * limits. Calls are followed; a return goes to the places behind the calls that lead to it.
 * @returns undefined when nothing at the entry can be part of a region
 */
export function formRegion(code: TranslatedCode, entry: number, limits: FormerLimits): RegionPlan | undefined {
  return new RegionFormer(code, limits).form(entry);
}

class RegionFormer {
  private readonly code: TranslatedCode;
  private readonly limits: FormerLimits;
  private readonly sites = new Map<number, Site>();
  private readonly leaders = new Set<number>();
  private readonly sources = new Set<Block>();
  private readonly waiting: number[] = [];
  /** Where calls inside the region come back to, by the entry of what they call. */
  private readonly returnSites = new Map<number, Set<number>>();

  constructor(code: TranslatedCode, limits: FormerLimits) {
    this.code = code;
    this.limits = limits;
  }

  form(entry: number): RegionPlan | undefined {
    this.leaders.add(entry);
    this.waiting.push(entry);
    for (let eip = this.waiting.shift(); eip !== undefined; eip = this.waiting.shift()) this.follow(eip);
    if (!this.sites.has(entry)) return undefined;
    this.resolveReturns();
    return this.plan(entry);
  }

  /** Takes in the instructions from an EIP on. */
  private follow(start: number): void {
    let eip = start;
    while (!this.sites.has(eip)) {
      const block = this.code.blockAt(eip);
      if (!block || this.sites.size >= this.limits.instructions) return;
      const instructions = this.code.instructionsOf(block, eip);
      if (instructions.length === 0) return;
      this.sources.add(block);
      for (const instruction of instructions) {
        if (this.sites.has(instruction.eip)) {
          this.leaders.add(instruction.eip);
          return;
        }
        const site = this.site(instruction);
        if (site === undefined) return;
        this.sites.set(site.eip, site);
        this.followTargets(site);
        eip = site.nextEip;
        if (!fallsThrough(site)) return;
        if (site.instruction.encoding.flow === 'branch') this.leaders.add(eip);
      }
    }
    this.leaders.add(eip);
  }

  private site(translated: TranslatedInstruction): Site | undefined {
    const { instruction, eip, record } = translated;
    const { mode } = this.code;
    const { flow } = instruction.encoding;
    const isTransfer = flow === 'jump' || flow === 'call' || flow === 'indirect';
    if (!isTransfer && endsBlock(instruction, mode)) return undefined;
    const form = knownFormOf(instruction, mode, false);
    const { semantics } = form;
    const effects = effectsOf(instruction, form);
    const isUnmasked = instruction.encoding.feature === 'fpu' && !this.code.masksX87Exceptions;
    const isForHandler = effects.callsHelper || isUnmasked;
    if (isForHandler && flow !== 'next' && flow !== 'system') return undefined;
    const single = isForHandler ? this.code.single(eip) : 0;
    if (isForHandler && single === 0) return undefined;
    const targets = flow === 'indirect' && semantics !== 'retNear' ? this.code.observedTargets(record) : [];
    return siteOf(translated, form, single, targets);
  }

  private followTargets(site: Site): void {
    const { flow } = site.instruction.encoding;
    const targets = site.relativeTarget === undefined ? site.targets : [site.relativeTarget];
    const isCall = flow === 'call' || site.semantics === 'callNearIndirect';
    for (const target of targets) {
      if (!this.wants(target)) continue;
      this.lead(target);
      if (!isCall) continue;
      const sites = this.returnSites.get(target) ?? new Set();
      this.returnSites.set(target, sites.add(site.nextEip));
      this.lead(site.nextEip);
    }
  }

  private wants(eip: number): boolean {
    if (this.sites.has(eip) || this.leaders.has(eip)) return true;
    const block = this.code.blockAt(eip);
    return block !== undefined && this.code.isWarm(block) && this.leaders.size < this.limits.blocks;
  }

  private lead(eip: number): void {
    if (this.leaders.has(eip)) return;
    this.leaders.add(eip);
    this.waiting.push(eip);
  }

  /** Gives each return the places that it may come back to: walks every called function, over its own calls. */
  private resolveReturns(): void {
    for (const [entry, returnSites] of this.returnSites) {
      const seen = new Set<number>(),
        waiting = [entry];
      for (let eip = waiting.pop(); eip !== undefined; eip = waiting.pop()) {
        const site = this.sites.get(eip);
        if (!site || seen.has(eip)) continue;
        seen.add(eip);
        const { flow } = site.instruction.encoding;
        if (site.semantics === 'retNear') {
          this.sites.set(eip, { ...site, targets: [...new Set([...site.targets, ...returnSites])] });
          continue;
        }
        const isCall = flow === 'call' || site.semantics === 'callNearIndirect';
        if (isCall || fallsThrough(site)) waiting.push(site.nextEip);
        if (isCall) continue;
        if (site.relativeTarget !== undefined) waiting.push(site.relativeTarget);
        waiting.push(...site.targets);
      }
    }
  }

  private plan(entry: number): RegionPlan {
    const starts = [entry, ...[...this.leaders].filter((eip) => eip !== entry && this.sites.has(eip))];
    const blockAt = new Map(starts.map((eip, index) => [eip, index]));
    const reached = this.reachable(starts, blockAt);
    const kept = starts.filter((eip) => reached.has(eip));
    const position = new Map(kept.map((eip, index) => [eip, index]));
    const blocks = kept.map((eip): BasicBlock => {
      const sites = this.sitesFrom(eip, position);
      const successors = this.targetsOf(sites[sites.length - 1])
        .map((target) => position.get(target))
        .filter((node) => node !== undefined);
      return { sites, successors: [...new Set(successors)] };
    });
    return {
      mode: this.code.mode,
      blocks,
      blockAt: position,
      sources: this.sources,
      instructionCount: blocks.reduce((sum, block) => sum + block.sites.length, 0),
    };
  }

  /** Starts of blocks that the entry leads to. */
  private reachable(starts: readonly number[], blockAt: ReadonlyMap<number, number>): Set<number> {
    const reached = new Set<number>(),
      waiting = [starts[0]];
    for (let eip = waiting.pop(); eip !== undefined; eip = waiting.pop()) {
      if (reached.has(eip) || !blockAt.has(eip)) continue;
      reached.add(eip);
      const sites = this.sitesFrom(eip, blockAt);
      waiting.push(...this.targetsOf(sites[sites.length - 1]));
    }
    return reached;
  }

  private sitesFrom(start: number, blockAt: ReadonlyMap<number, number>): Site[] {
    const found: Site[] = [];
    let eip = start;
    do {
      const site = this.sites.get(eip);
      if (!site) break;
      found.push(site);
      eip = site.nextEip;
      if (!fallsThrough(site) || site.instruction.encoding.flow === 'branch') break;
    } while (!blockAt.has(eip));
    return found;
  }

  /** Where control may go behind an instruction, what comes next in the order of the bytes last. */
  private targetsOf(site: Site): number[] {
    const jumps = site.relativeTarget === undefined ? site.targets : [site.relativeTarget];
    return fallsThrough(site) ? [...jumps, site.nextEip] : [...jumps];
  }
}

/** What follows from an instruction and its place. */
export function siteOf(place: TranslatedInstruction, form: Form, single: number, targets: readonly number[]): Site {
  const { instruction, eip, eipBase, bytes, record, recordCount } = place;
  const nextEip = (eip + instruction.length) >>> 0;
  const relative = instruction.operands.find(({ kind }) => kind === 'relative');
  return {
    instruction,
    eip,
    eipBase,
    bytes,
    record,
    recordCount,
    form,
    semantics: form.semantics,
    nextEip,
    effects: effectsOf(instruction, form),
    single,
    relativeTarget:
      relative?.kind === 'relative'
        ? relativeTarget({ nextEip }, relative.displacement, instruction.operandSize)
        : undefined,
    targets,
  };
}
