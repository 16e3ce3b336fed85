import { PANEL_TITLES, PANELS, type Panel } from '../../../src-preload/contract/layouts/PanelTitles.ts';

/** `row`: parts beside one another; `column`: one above the other. */
export type Axis = 'row' | 'column';
/** Inline directions, so that a layout reads the same way round in every script. */
export type Side = 'start' | 'end' | 'top' | 'bottom';

/** Panels behind one another, one of them in front. Never empty. */
export interface Stack {
  readonly kind: 'stack';
  readonly panels: readonly Panel[];
  readonly front: Panel;
}

/** At least two parts, none of them a split along the same axis; `shares` are their parts of the whole and add up to 1. */
export interface Split {
  readonly kind: 'split';
  readonly axis: Axis;
  readonly parts: readonly DockNode[];
  readonly shares: readonly number[];
}

export type DockNode = Stack | Split;

/** In CSS pixels, from the dock's inline start and top. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface FloatingStack {
  readonly stack: Stack;
  readonly box: Box;
}

/**
 * Where the panels of a machine's page are. Every panel is in exactly one stack, so a panel names its stack too: none
 * is ever lost, and whatever moves a panel needs no other name for where it goes.
 */
export interface Layout {
  readonly docked: DockNode;
  /** The last is the topmost. */
  readonly floating: readonly FloatingStack[];
}

/** Where a panel is put: into the stack that holds `at` (before one of its panels, or last), or to a side of it. */
export type Target =
  | { readonly kind: 'inside'; readonly at: Panel; readonly before?: Panel | undefined }
  | { readonly kind: 'beside'; readonly at: Panel; readonly side: Side }
  /** Along a whole side of the dock. */
  | { readonly kind: 'edge'; readonly side: Side };

export function stack(panels: readonly Panel[], front: Panel | undefined = panels[0]): Stack {
  if (front === undefined || !panels.includes(front)) throw new Error('A stack has panels, one of them in front');
  return { kind: 'stack', panels, front };
}

/** A split of these parts, or what is left of one: parts along the same axis become its own. */
export function split(axis: Axis, parts: readonly DockNode[], shares: readonly number[]): DockNode {
  const flat = parts.flatMap((part, index) => {
    const share = shares[index] ?? 0;
    if (part.kind === 'stack' || part.axis !== axis) return [{ part, share }];
    return part.parts.map((inner, at) => ({ part: inner, share: share * (part.shares[at] ?? 0) }));
  });
  const [only] = flat;
  if (only && flat.length === 1) return only.part;
  const whole = flat.reduce((sum, { share }) => sum + share, 0);
  return { kind: 'split', axis, parts: flat.map(({ part }) => part), shares: flat.map(({ share }) => share / whole) };
}

/** All stacks in reading order, the floating ones last. */
export function stacksOf({ docked, floating }: Layout): Stack[] {
  const within = (node: DockNode): Stack[] => (node.kind === 'stack' ? [node] : node.parts.flatMap(within));
  return [...within(docked), ...floating.map(({ stack: each }) => each)];
}

export function stackWith(layout: Layout, panel: Panel): Stack {
  const found = stacksOf(layout).find(({ panels }) => panels.includes(panel));
  if (!found) throw new Error(`The layout has lost its panel ${panel}`);
  return found;
}

export function isFloating(layout: Layout, panel: Panel): boolean {
  return layout.floating.some(({ stack: each }) => each.panels.includes(panel));
}

/** In front of its stack, and its stack above the others that float. */
export function bringToFront(layout: Layout, panel: Panel): Layout {
  const { docked, floating } = changeStack(layout, panel, (each) => stack(each.panels, panel));
  const isAbove = ({ stack: each }: FloatingStack): boolean => each.panels.includes(panel);
  return { docked, floating: [...floating.filter((each) => !isAbove(each)), ...floating.filter(isAbove)] };
}

/** Puts a panel somewhere else, in front. What it leaves empty goes. */
export function move(layout: Layout, panel: Panel, target: Target): Layout {
  if (target.kind === 'edge') {
    const rest = without(layout, panel);
    return rest ? { ...rest, docked: addBeside(rest.docked, stack([panel]), target.side, 1 / 4) } : layout;
  }
  // Beside itself means beside those that it shares a stack with.
  const at = target.at === panel ? stackWith(layout, panel).panels.find((each) => each !== panel) : target.at;
  const rest = at === undefined ? null : without(layout, panel);
  if (at === undefined || !rest) return layout;
  if (target.kind === 'inside') {
    return changeStack(rest, at, ({ panels }) => {
      const place = target.before === undefined ? -1 : panels.indexOf(target.before);
      return stack(panels.toSpliced(place < 0 ? panels.length : place, 0, panel), panel);
    });
  }
  // What floats has no sides to put anything at.
  if (isFloating(rest, at)) return move(layout, panel, { kind: 'inside', at });
  const docked = changeNode(rest.docked, at, (each) => addBeside(each, stack([panel]), target.side, 1 / 2));
  return { ...rest, docked };
}

/** Takes a panel out of the dock. The last docked stack stays: the page is never empty. */
export function float(layout: Layout, panel: Panel, box: Box): Layout {
  const rest = without(layout, panel);
  return rest ? { ...rest, floating: [...rest.floating, { stack: stack([panel]), box }] } : layout;
}

/** Moves or resizes the floating stack that holds `panel`. */
export function placeFloating(layout: Layout, panel: Panel, box: Box): Layout {
  const floating = layout.floating.map((each) => (each.stack.panels.includes(panel) ? { ...each, box } : each));
  return { ...layout, floating };
}

/** Sets how two neighbours of the split at `path` (indices from the root) divide what they have together, 0..1. */
export function resize(layout: Layout, path: readonly number[], index: number, fraction: number): Layout {
  const within = (node: DockNode, [next, ...deeper]: readonly number[]): DockNode => {
    if (node.kind === 'stack') return node;
    if (next !== undefined)
      return { ...node, parts: node.parts.map((part, at) => (at === next ? within(part, deeper) : part)) };
    const both = (node.shares[index] ?? 0) + (node.shares[index + 1] ?? 0);
    const shares = node.shares.with(index, both * fraction).with(index + 1, both * (1 - fraction));
    return { ...node, shares };
  };
  return { ...layout, docked: within(layout.docked, path) };
}

/** Gives panels that `layout` does not know their place beside others of their group. */
export function withAllPanels(layout: Layout): Layout {
  return PANELS.reduce((known, panel) => {
    const present = stacksOf(known).flatMap(({ panels }) => panels);
    if (present.includes(panel)) return known;
    const at = present.find((each) => PANEL_TITLES[each].group === PANEL_TITLES[panel].group) ?? present[0];
    if (at === undefined) return known;
    return changeStack(known, at, ({ panels, front }) => stack([...panels, panel], front));
  }, layout);
}

function addBeside(node: DockNode, added: Stack, side: Side, share: number): DockNode {
  const isFirst = side === 'start' || side === 'top';
  const axis = side === 'start' || side === 'end' ? 'row' : 'column';
  return split(axis, isFirst ? [added, node] : [node, added], isFirst ? [share, 1 - share] : [1 - share, share]);
}

function changeNode(node: DockNode, at: Panel, change: (stack: Stack) => DockNode): DockNode {
  if (node.kind === 'stack') return node.panels.includes(at) ? change(node) : node;
  return split(node.axis, node.parts.map((part) => changeNode(part, at, change)), node.shares); // prettier-ignore
}

function changeStack({ docked, floating }: Layout, at: Panel, change: (stack: Stack) => Stack): Layout {
  return {
    docked: changeNode(docked, at, change),
    floating: floating.map((each) => (each.stack.panels.includes(at) ? { ...each, stack: change(each.stack) } : each)),
  };
}

/** Null: nothing docked would be left. */
function without({ docked, floating }: Layout, panel: Panel): Layout | null {
  const rest = nodeWithout(docked, panel);
  if (!rest) return null;
  const others = floating.flatMap((each) => {
    const left = nodeWithout(each.stack, panel);
    return left?.kind === 'stack' ? [{ ...each, stack: left }] : [];
  });
  return { docked: rest, floating: others };
}

function nodeWithout(node: DockNode, panel: Panel): DockNode | null {
  if (node.kind === 'split') {
    const kept = node.parts.flatMap((part, index) => {
      const left = nodeWithout(part, panel);
      return left ? [{ left, share: node.shares[index] ?? 0 }] : [];
    });
    if (kept.length === 0) return null;
    return split(node.axis, kept.map(({ left }) => left), kept.map(({ share }) => share)); // prettier-ignore
  }
  const place = node.panels.indexOf(panel);
  if (place < 0) return node;
  const left = node.panels.toSpliced(place, 1);
  if (left.length === 0) return null;
  return stack(left, node.front === panel ? left[Math.min(place, left.length - 1)] : node.front);
}
