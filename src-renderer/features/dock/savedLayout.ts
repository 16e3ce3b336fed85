import { isPanel, type Panel } from '../../../src-preload/contract/layouts/PanelTitles.ts';
import { split, stack, withAllPanels, type Box, type DockNode, type FloatingStack, type Layout } from './layout.ts';

/** Deeper than anybody splits; what a file says beyond that is not followed. */
const DEEPEST = 16;

/**
 * A layout as it was kept, by this version or another: panels that are unknown or named twice are left out, new ones
 * get their place. Null: it is none.
 */
export function layoutFrom(saved: unknown): Layout | null {
  if (!isRecord(saved)) return null;
  const seen = new Set<Panel>();
  const docked = nodeFrom(saved['docked'], seen, 0);
  if (!docked) return null;
  const floating = listOf(saved['floating']).flatMap((each): FloatingStack[] => {
    const box = isRecord(each) ? boxFrom(each['box']) : null;
    const node = isRecord(each) ? nodeFrom(each['stack'], seen, DEEPEST) : null;
    return box && node?.kind === 'stack' ? [{ stack: node, box }] : [];
  });
  return withAllPanels({ docked, floating });
}

function nodeFrom(saved: unknown, seen: Set<Panel>, depth: number): DockNode | null {
  if (!isRecord(saved)) return null;
  if (saved['kind'] === 'stack') {
    const panels = listOf(saved['panels']).filter((each): each is Panel => {
      const isNew = isPanel(each) && !seen.has(each);
      if (isNew) seen.add(each);
      return isNew;
    });
    const front = panels.find((panel) => panel === saved['front']);
    return panels.length > 0 ? stack(panels, front ?? panels[0]) : null;
  }
  if (saved['kind'] !== 'split' || depth >= DEEPEST) return null;
  const shares = listOf(saved['shares']);
  const parts = listOf(saved['parts']).flatMap((part, index) => {
    const node = nodeFrom(part, seen, depth + 1);
    const share = shares[index];
    return node ? [{ node, share: typeof share === 'number' && share > 0 && share <= 1 ? share : 0.5 }] : [];
  });
  if (parts.length === 0) return null;
  const axis = saved['axis'] === 'column' ? 'column' : 'row';
  return split(axis, parts.map(({ node }) => node), parts.map(({ share }) => share)); // prettier-ignore
}

function boxFrom(saved: unknown): Box | null {
  if (!isRecord(saved)) return null;
  const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((key) => saved[key]);
  const isBox = [x, y, width, height].every((value) => Number.isFinite(value));
  return isBox ? ({ x, y, width, height } as Box) : null; // four finite numbers
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
