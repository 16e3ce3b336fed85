import {
  type I32,
  add,
  and,
  eq,
  eqz,
  extendSigned,
  i32Const,
  load,
  load64,
  ltSigned,
  ltUnsigned,
  ne,
  or,
  storeCode,
} from '../../wasm/Expression.ts';
import { FunctionBuilder, type Label, type Local } from '../../wasm/FunctionBuilder.ts';
import { STATE } from '../../state/layout.ts';
import { RECORD } from '../threaded/record.ts';
import { HANDLER_SIGNATURE } from '../threaded/runtimeFunctions.ts';
import { analyseFlow } from './FlowGraph.ts';
import { type Assumptions, type FunctionIndex, RegionCode, ZERO } from './RegionCode.ts';
import { Discoveries, X87_MASKS } from './RegionState.ts';
import type { StackShape } from './RegionX87.ts';
import { LEAVE_CAUSES, type LeaveCause, REGION_DATA } from './regionData.ts';
import { PageWindows } from './PageWindows.ts';
import { RegionEmitter, type RegionFlow } from './RegionEmitter.ts';
import type { FlagState } from './RegionFlags.ts';
import { ALL_REGISTERS } from './FlagNotes.ts';
import { type FlagLiveness, type Want, analyseFlags } from './FlagLiveness.ts';
import { type BasicBlock, type RegionPlan, type Site, fallsThrough } from './RegionPlan.ts';

/** How the flags are kept where ways meet, by what may want them. */
const FLAGS_AT = { nothing: 'dead', leave: 'noted', read: 'computed' } as const satisfies Record<Want, FlagState>;

/** Ways that are told apart one after the other at most; more are looked up in a table, or searched by halves. */
const MOST_COMPARED = 4;

/** What is known where a block begins that is reached in one way only. */
interface Arrival {
  readonly flags: FlagState;
  readonly temporaries: ReturnType<RegionCode['takenTemporaries']>;
  readonly uncharged: number;
}

/** Where a region meets the rest. */
export interface RegionPlace {
  /** Start of the vCPU's block. */
  readonly cpu: number;
  /** Record that the region stands in the place of; the block's own records follow it. */
  readonly head: number;
  /** Its REGION_DATA. */
  readonly data: number;
  readonly assumptions: Assumptions;
  readonly functionIndex: FunctionIndex;
}

type Plan = Omit<RegionPlan, 'sources'>;

/** Writes the Wasm function of a region: (record, budget) -> record. */
export function buildRegionFunction(plan: Plan, place: RegionPlace): FunctionBuilder {
  const discoveries = new Discoveries();
  const f = new RegionFunction(plan, place, new Discoveries(), discoveries).build();
  // Where the state is kept shows only when all has been emitted once.
  return discoveries.matter ? new RegionFunction(plan, place, discoveries, new Discoveries()).build() : f;
}

class RegionFunction implements RegionFlow {
  private readonly plan: Plan;
  private readonly place: RegionPlace;
  private readonly f = new FunctionBuilder(HANDLER_SIGNATURE.parameters);
  private readonly code: RegionCode;
  private readonly windows: PageWindows;
  private readonly emitter: RegionEmitter;
  private readonly graph: ReturnType<typeof analyseFlow>;
  private readonly labels = new Map<number, Label>();
  private readonly selectors = new Map<number, Local<'i32'>>();
  private readonly arrivals = new Map<number, Arrival>();
  private readonly liveness: FlagLiveness;
  /** Instructions from a block's start, at most, until the budget is looked at again. */
  private readonly reach: readonly number[];
  private readonly discoveries: Discoveries;
  /** The x87's stack where blocks begin. */
  private readonly shapes = new Map<number, StackShape>();
  private node = 0;

  constructor(plan: Plan, place: RegionPlace, known: Discoveries, discoveries: Discoveries) {
    this.plan = plan;
    this.place = place;
    this.graph = analyseFlow(plan.blocks.map((block) => block.successors));
    this.code = new RegionCode(this.f, { ...place, vectors: vectorsOf(plan), known, discoveries });
    this.windows = new PageWindows(this.code, plan.instructionCount);
    this.windows.declare(known.windows);
    this.emitter = new RegionEmitter(this.code, plan.mode, this.windows, this);
    this.discoveries = discoveries;
    this.liveness = analyseFlags(plan, this.graph);
    this.reach = this.reaches();
  }

  build(): FunctionBuilder {
    const { f, code, graph } = this;
    this.emitEntry();
    f.block((exit) => {
      code.exitLabel = exit;
      const dispatch = graph.dispatch.get(0);
      if (dispatch) f.set(this.selector(dispatch.node), i32Const(dispatch.value));
      this.emitTree(graph.entry);
      f.unreachable();
    }, 'exit');
    code.emitExit(this.place.data);
    for (const name of this.windows.names) this.discoveries.windows.add(name);
    return f;
  }

  /** Only while the code lies where it lay, and with budget enough to get to the next look at it. */
  private emitEntry(): void {
    const { f, code, place } = this;
    const [first] = this.plan.blocks[0].sites;
    const data = (offset: number): I32 => load(ZERO, 32, place.data + offset);
    f.block((enter) => {
      f.block((refuse) => {
        f.ifUnlikely(ne(code.stateField(STATE.regionKey), data(REGION_DATA.key)), () => {
          f.breakIf(eqz({ type: 'i32', code: code.call('validate', i32Const(place.data)) }), refuse);
        });
        f.breakIf(ne(code.stateField(STATE.eipBase), i32Const(first.eipBase)), refuse);
        f.breakIf(ltSigned(code.budget, i32Const(this.reach[this.graph.entry])), refuse);
        const isOther = or(code.state.isOther, code.x87.isOther);
        if (isOther.constant !== 0) f.breakIf(isOther, refuse);
        f.breakTo(enter);
      }, 'refuse');
      code.countUp(place.data + REGION_DATA.refusals);
      code.tailCall('goOn', i32Const(place.head + RECORD.size), code.budget);
    }, 'enter');
    code.countUp(place.data + REGION_DATA.entries);
    const before = add(load64(ZERO, place.data + REGION_DATA.instructions), extendSigned(code.budget));
    f.emit(storeCode(ZERO, before, 64, place.data + REGION_DATA.instructions));
    code.loadRegisters();
    this.windows.clear();
  }

  /** A node, then the nodes it dominates, each behind the block that jumps to it break out of. */
  private emitTree(node: number): void {
    const { f, graph } = this;
    const inner = (): void => this.emitChildren(node, [...graph.children[node]].sort(this.byPosition).reverse());
    if (!graph.isLoopHead[node]) {
      inner();
      return;
    }
    f.loop(
      (label) => {
        this.labels.set(node, label);
        inner();
      },
      this.labelName('loop', node),
    );
  }

  private readonly byPosition = (a: number, b: number): number => this.graph.position[a] - this.graph.position[b];

  /** @param children in reverse order of the code: the last comes first behind the node */
  private emitChildren(node: number, children: readonly number[]): void {
    const [last, ...rest] = children;
    if (last === undefined) {
      this.emitNode(node);
      return;
    }
    this.f.block(
      (label) => {
        this.labels.set(last, label);
        this.emitChildren(node, rest);
      },
      this.labelName('to', last),
    );
    this.emitTree(last);
  }

  private labelName(word: string, node: number): string {
    const [first] = this.plan.blocks[node]?.sites ?? [];
    return first === undefined ? `${word}.way${node}` : `${word}.${first.eip.toString(16)}`;
  }

  private emitNode(node: number): void {
    this.node = node;
    if (node >= this.plan.blocks.length) this.emitDispatch(node);
    else this.emitBlock(this.plan.blocks[node], this.arrivals.get(node));
  }

  private emitDispatch(node: number): void {
    const targets = this.graph.successors[node];
    const selector = this.f.get(this.selector(node));
    if (targets.length > MOST_COMPARED) {
      const labels = targets.map((target) => this.label(target));
      this.f.breakTable(selector, labels, labels[0]);
      return;
    }
    targets.slice(1).forEach((target, index) => {
      this.f.breakIf(eq(selector, i32Const(index + 1)), this.label(target));
    });
    this.f.breakTo(this.label(targets[0]));
  }

  private selector(node: number): Local<'i32'> {
    let local = this.selectors.get(node);
    if (!local) this.selectors.set(node, (local = this.f.newLocal('i32', `way${node}`)));
    return local;
  }

  private label(node: number): Label {
    const label = this.labels.get(node);
    if (!label) throw new Error(`no label for node ${node}`);
    return label;
  }

  private emitBlock(block: BasicBlock, arrival: Arrival | undefined): void {
    const { code } = this;
    code.flags.state = arrival?.flags ?? FLAGS_AT[this.liveness.atStart[this.node]];
    code.x87.shape = this.shapes.get(this.node) ?? code.x87.entry;
    this.shapes.set(this.node, code.x87.shape);
    code.uncharged = arrival?.uncharged ?? 0;
    code.keepOnly(arrival?.temporaries ?? []);
    let kept = arrival?.temporaries ?? [];
    const wanted = this.liveness.behind[this.node];
    let next = 0;
    for (const [index, site] of block.sites.entries()) {
      code.site = site;
      this.f.mark(site.eip);
      code.flags.isWanted = wanted[index] !== 'nothing';
      const before = code.flags.state;
      if (site.single !== 0) this.emitSingle(site);
      else this.emitter.emit(site);
      if (site.single === 0 && site.effects.mayUnmask) this.leaveWhenUnmasked();
      const taken = code.takenTemporaries();
      // What flags are made from stays; the ways out of this instruction have been written.
      if (code.flags.state !== before) kept = typeof code.flags.state === 'string' ? [] : taken;
      code.keepOnly(kept);
      code.uncharged++;
      this.kept = kept;
      next = site.nextEip;
    }
    const last = block.sites[block.sites.length - 1];
    code.uncharged--;
    if (fallsThrough(last)) this.goTo(next);
  }

  /** Temporaries that the flags behind the last instruction need. */
  private kept: ReturnType<RegionCode['takenTemporaries']> = [];

  // RegionFlow

  goTo(eip: number): void {
    const { code, graph } = this;
    const node = this.plan.blockAt.get(eip);
    const isInside = node !== undefined && this.plan.blocks[this.node].successors.includes(node);
    const shape = node === undefined ? undefined : this.shapes.get(node);
    if (!isInside || (shape !== undefined && !code.x87.isShape(shape))) {
      code.flags.onTheWayOut(() => {
        code.charge(code.uncharged + 1);
        code.leave(i32Const(eip), 'jump');
      });
      return;
    }
    this.shapes.set(node, code.x87.shape);
    const dispatch = graph.dispatch.get(node);
    const target = dispatch?.node ?? node;
    const isBack = graph.position[target] <= graph.position[this.node];
    if (graph.predecessorCount[target] === 1 && dispatch === undefined && !isBack) {
      this.arrivals.set(node, {
        flags: code.flags.state,
        temporaries: [...this.kept, ...this.pendingNow()],
        uncharged: code.uncharged + 1,
      });
      this.f.breakTo(this.label(target));
      return;
    }
    const go = (): void => {
      code.charge(code.uncharged + 1);
      if (isBack) this.checkBudget(this.reach[target], eip);
      if (dispatch) this.f.set(this.selector(target), i32Const(dispatch.value));
      this.f.breakTo(this.label(target));
    };
    const wanted = this.liveness.atStart[node];
    if (wanted === 'read') {
      code.flags.towardsReader(go);
    } else if (wanted === 'leave') {
      code.notes.lasting = ALL_REGISTERS & ~this.liveness.changed[node];
      code.flags.onTheWayOut(go);
      code.notes.lasting = ALL_REGISTERS;
    } else {
      go();
    }
  }

  goToOffset(offset: I32): void {
    const { code } = this;
    this.goToOneOf(code.site.targets, offset);
    code.flags.onTheWayOut(() => {
      code.charge(code.uncharged + 1);
      code.leave(offset, 'indirect');
    });
  }

  /** Goes to the offset when it is among `targets`; of many, half are ruled out at a time. */
  private goToOneOf(targets: readonly number[], offset: I32): void {
    const { f } = this;
    if (targets.length <= MOST_COMPARED) {
      for (const target of targets) f.if(eq(offset, i32Const(target | 0)), () => this.goTo(target));
      return;
    }
    const sorted = [...targets].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    f.if(
      ltUnsigned(offset, i32Const(sorted[middle] | 0)),
      () => this.goToOneOf(sorted.slice(0, middle), offset),
      () => this.goToOneOf(sorted.slice(middle), offset),
    );
  }

  leaveWhenShort(): void {
    this.f.ifUnlikely(this.isShort(), () => this.leaveBehind('budget'));
  }

  /** Whether the budget, not yet charged for the present instruction, may not do to the next look at it. */
  private isShort(): I32 {
    const { code } = this;
    return ltSigned(code.budget, i32Const(this.reach[this.node] + code.uncharged + 1));
  }

  /** Leaves behind the present instruction. */
  private leaveBehind(cause: LeaveCause): void {
    const { code } = this;
    code.flags.onTheWayOut(() => {
      code.charge(code.uncharged + 1);
      code.leave(i32Const(code.site.nextEip), cause);
    });
  }

  /** The last instruction's own temporaries may be part of the flags that it leaves. */
  private pendingNow(): ReturnType<RegionCode['takenTemporaries']> {
    const taken = this.code.takenTemporaries();
    this.code.retake(taken);
    return taken;
  }

  /** Leaves when less than `least` of the budget, which has been charged, is left. */
  private checkBudget(least: number, eip: number): void {
    const { code, f } = this;
    f.ifUnlikely(ltSigned(code.budget, i32Const(least)), () => {
      code.flags.onTheWayOut(() => code.leave(i32Const(eip), 'budget'));
    });
  }

  /** Leaves behind an instruction that has unmasked an x87 exception. */
  private leaveWhenUnmasked(): void {
    const masked = and(this.code.state.field(STATE.x87Control), i32Const(X87_MASKS));
    this.f.ifUnlikely(ne(masked, i32Const(X87_MASKS)), () => this.leaveBehind('handler'));
  }

  /** An instruction that the threaded tier's handler does, on the state in memory. */
  private emitSingle(site: Site): void {
    const { code, f } = this;
    code.flags.materialise();
    if (this.windows.mustBeDeclared) this.discoveries.hasCalls = true;
    code.storeRegisters(code.registers.keys());
    code.x87.storeShape();
    code.setStateField(STATE.eipBase, i32Const(site.eipBase));
    f.emit(code.call('single', i32Const(site.single), code.budgetHere()));
    const record = code.temporary('i32');
    f.pop(record);
    f.ifUnlikely(code.stateField(STATE.exit), () => {
      code.countInstructions(this.place.data, code.stateField(STATE.budget));
      code.countExit(this.place.data, i32Const(LEAVE_CAUSES.indexOf('handler')));
      f.return(f.get(record));
    });
    code.loadRegisters();
    for (let index = 0; index < code.registers.length; index++) code.changed.add(index);
    code.flags.state = 'computed';
    this.windows.forgetAll();
    code.setBudget(add(code.stateField(STATE.budget), i32Const(code.uncharged + 1)));
    const isStale = ne(code.stateField(STATE.regionKey), load(ZERO, 32, this.place.data + REGION_DATA.key));
    const isOther = or(code.state.isOther, code.x87.isOther);
    f.ifUnlikely(or(or(isStale, this.isShort()), isOther), () => {
      code.flags.onTheWayOut(() => {
        code.charge(code.uncharged + 1);
        code.leaveStored(i32Const(site.nextEip), 'handler');
      });
    });
  }

  /** Longest way, in instructions, from each node's start to the next look at the budget behind it. */
  private reaches(): number[] {
    const { order, position, successors } = this.graph;
    const reach = new Array<number>(position.length).fill(0);
    for (const node of [...order].reverse()) {
      const own = this.plan.blocks[node]?.sites.length ?? 0;
      let further = 0;
      for (const target of successors[node]) {
        if (position[target] > position[node]) further = Math.max(further, reach[target]);
      }
      reach[node] = own + further;
    }
    return reach;
  }
}

/** Numbers of the XMM registers that a region's instructions name. */
function vectorsOf(plan: Plan): Set<number> {
  const found = new Set<number>();
  for (const { sites } of plan.blocks) {
    for (const { instruction } of sites) {
      for (const operand of instruction.operands) {
        if (operand.kind === 'register' && operand.file === 'xmm') found.add(operand.index);
      }
    }
  }
  return found;
}
