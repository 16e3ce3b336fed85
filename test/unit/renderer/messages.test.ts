import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { en } from '../../../src-renderer/app/locales/en/index.ts';
import { zhCN } from '../../../src-renderer/app/locales/zh-CN/index.ts';
import { EXIT_KINDS } from '../../../src-preload/contract/layouts/ExitKinds.ts';
import { MENU_COMMANDS } from '../../../src-preload/contract/application.ts';
import { PANELS } from '../../../src-preload/contract/layouts/PanelTitles.ts';
import { TOURS } from '../../../src-preload/contract/layouts/TourTitles.ts';
import { PROBLEM_CODES } from '../../../src-preload/contract/Outcome.ts';
import { ContainmentKind, ContainmentMechanism } from '../../../src-preload/contract/observation.ts';

const rendererRoot = path.resolve(fileURLToPath(new URL('.', import.meta.url)), '../../../src-renderer');

type Tree = { readonly [key: string]: string | Tree };

function flatten(tree: Tree, prefix = ''): Map<string, string> {
  const messages = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') messages.set(prefix + key, value);
    else for (const [inner, text] of flatten(value, `${prefix}${key}.`)) messages.set(inner, text);
  }
  return messages;
}

const english = flatten(en);
const chinese = flatten(zhCN);

/** All of the window's sources but the messages themselves. */
const sources = readdirSync(rendererRoot, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(ts|vue)$/.test(name) && !name.includes('locales'))
  .map((name) => readFileSync(path.join(rendererRoot, name), 'utf8'))
  .join('\n');

/** `t('a.b')`, in both branches of a choice too. */
const literalKeys = new Set([...sources.matchAll(/'([a-z][A-Za-z]*\.[A-Za-z0-9-]+)'/g)].map((match) => match[1] ?? ''));
/** The part of a template literal's key before what is inserted: `state.` of t(`state.${word}`). */
const prefixes = [...sources.matchAll(/\bt\(\s*`([a-z][A-Za-z]*\.[A-Za-z0-9-]*)\$\{/g)].map((match) => match[1] ?? '');

const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

describe('the two languages', () => {
  test('have the same keys', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });
  test('take the same values', () => {
    for (const [key, text] of english) {
      expect(placeholders(chinese.get(key) ?? ''), key).toEqual(placeholders(text));
    }
  });
  test('have no empty text', () => {
    for (const [key, text] of [...english, ...chinese]) expect(text.trim(), key).not.toBe('');
  });
  test('differ, but for the names of things', () => {
    const same = [...english].filter(([key, text]) => chinese.get(key) === text).map(([, text]) => text);
    expect(
      same.filter(
        (text) =>
          !/^(HLT|CPUID|RDTSC|ELF32|Multiboot|NE2000|virtio|COM1|hvc0|DOS \.com|Debian mini|pCPU \{number\}|vCPU \{number\})$/.test(
            text,
          ),
      ),
    ).toEqual([]);
  });
});

describe('keys in the sources', () => {
  test('are defined', () => {
    const uses = [...sources.matchAll(/\bt\(\s*'([^']+)'/g)].map((match) => match[1] ?? '');
    expect(uses.filter((key) => !english.has(key))).toEqual([]);
  });
  test('that are put together have at least one message', () => {
    expect(prefixes.filter((prefix) => ![...english.keys()].some((key) => key.startsWith(prefix)))).toEqual([]);
  });
  test('cover all messages', () => {
    const unused = [...english.keys()].filter(
      (key) => !literalKeys.has(key) && !prefixes.some((prefix) => key.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
  });
});

describe('what main may name', () => {
  test.each([
    [
      'command',
      MENU_COMMANDS.filter((command) => !PANELS.some((panel) => command === `view.${panel}`))
        .filter((command) => !TOURS.some((tour) => command === `tour.${tour}`))
        .map((command) => command.replace('.', '-')),
    ],
    ['exit', EXIT_KINDS],
    ['problem', PROBLEM_CODES],
    ['answered', ContainmentMechanism.options],
  ])('has a text: %s', (prefix, names) => {
    expect(names.filter((name) => !english.has(`${prefix}.${name}`))).toEqual([]);
  });
  test('has a text: containment', () => {
    const missing = ContainmentKind.options.filter(
      (kind) => !english.has(`tried.${kind}`) && !english.has(`tried.${kind}-read`),
    );
    expect(missing).toEqual([]);
  });
});
