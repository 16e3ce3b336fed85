import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { contrast, distance, lightness, seenBy, type Vision } from './colour.ts';

const css = readFileSync(
  path.resolve(fileURLToPath(new URL('.', import.meta.url)), '../../../src-renderer/ui/tokens.css'),
  'utf8',
);

function tokensOf(selector: string): Map<string, string> {
  const body = css.slice(css.indexOf(`${selector} {`)).match(/\{([^}]*)\}/)?.[1] ?? '';
  return new Map([...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map((match) => [match[1] ?? '', match[2] ?? '']));
}

const light = tokensOf(':root');
const dark = new Map([...light, ...tokensOf(":root[data-theme='dark']")]);
const themes = [
  ['light', light],
  ['dark', dark],
] as const;

const GROUNDS = ['ground', 'ground-raised', 'ground-sunken', 'ground-hover', 'ground-selected'];
const SYNTAX = ['keyword', 'register', 'number', 'string', 'comment', 'label', 'directive'];
const MACHINES = Array.from({ length: 8 }, (_, index) => `machine-${index + 1}`);

/** Text and what it stands on: WCAG 2.2 asks for 4.5 (1.4.3). */
const TEXT_PAIRS: readonly (readonly [string, string])[] = [
  ...GROUNDS.flatMap((ground) => [['ink', ground] as const, ['ink-soft', ground] as const]),
  ['ink-faint', 'ground'],
  ['ink-faint', 'ground-raised'],
  ['ink-faint', 'ground-sunken'],
  ['ink-faint', 'ground-hover'],
  ['accent', 'ground'],
  ['accent', 'ground-raised'],
  ['accent', 'ground-sunken'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['danger', 'ground'],
  ['danger', 'ground-raised'],
  ['danger', 'ground-sunken'],
  ['danger', 'danger-ground'],
  ['ink', 'danger-ground'],
  ['on-danger', 'danger'],
  ['on-danger', 'danger-hover'],
  ['caution', 'ground'],
  ['caution', 'ground-sunken'],
  ['ink', 'caution-ground'],
  ['good', 'ground'],
  ['good', 'ground-sunken'],
  ['good', 'ground-selected'],
  ['changed', 'ground'],
  ['changed', 'ground-sunken'],
  ['ink', 'changed-ground'],
  ['ink', 'selection'],
  ...SYNTAX.map((name) => [`syntax-${name}`, 'ground'] as const),
  ...SYNTAX.filter((name) => name !== 'comment').map((name) => [`syntax-${name}`, 'ground-hover'] as const),
];

/** Edges and graphics that carry meaning: 3 (1.4.11). */
const GRAPHIC_PAIRS: readonly (readonly [string, string])[] = [
  ['line-strong', 'ground'],
  ['line-strong', 'ground-raised'],
  ...MACHINES.flatMap((machine) => [[machine, 'ground'] as const, [machine, 'ground-sunken'] as const]),
];

describe.each(themes)('in the %s theme', (_name, tokens) => {
  const colour = (token: string): string => {
    const value = tokens.get(token);
    if (!value) throw new Error(`tokens.css has no --${token}`);
    return value;
  };

  test.each(TEXT_PAIRS)('%s reads on %s', (ink, ground) => {
    expect(contrast(colour(ink), colour(ground))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(GRAPHIC_PAIRS)('%s stands out from %s', (shape, ground) => {
    expect(contrast(colour(shape), colour(ground))).toBeGreaterThanOrEqual(3);
  });

  test.each(MACHINES)('a name reads on %s', (machine) => {
    expect(contrast(colour('on-machine'), colour(machine))).toBeGreaterThanOrEqual(3);
  });

  test.each<Vision>(['normal', 'protanopia', 'deuteranopia', 'tritanopia'])(
    'machines differ in %s vision',
    (vision) => {
      const seen = MACHINES.map((machine) => seenBy(vision, colour(machine)));
      const distances = seen.flatMap((a, index) => seen.slice(index + 1).map((b) => distance(a, b)));
      expect(Math.min(...distances)).toBeGreaterThan(0.07);
    },
  );

  test('machines differ in lightness', () => {
    const sorted = MACHINES.map((machine) => lightness(colour(machine))).sort((a, b) => a - b);
    const steps = sorted.slice(1).map((value, index) => value - (sorted[index] ?? 0));
    expect(Math.min(...steps)).toBeGreaterThan(0.02);
  });
});
