import { afterEach, expect, test } from 'vitest';
import { i18n } from '../../../src-renderer/app/i18n.ts';
import { triedText } from '../../../src-renderer/features/isolation/containmentText.ts';
import type { ContainmentEntry } from '../../../src-preload/contract/observation.ts';

const locale = i18n.global.locale;
const before = locale.value;
afterEach(() => (locale.value = before));

const entry: ContainmentEntry = {
  id: 1,
  vmId: 'vm-0123456789abcdef',
  name: '演示',
  vcpu: 0,
  kind: 'spin',
  mechanism: 'scheduler',
  count: 1,
  firstAt: 0,
  lastAt: 0,
  address: 0x7c00,
  lastAddress: 0x7c00,
  access: 'execute',
  instructionAddress: 0x7c00,
  detail: null,
  neighbours: [],
};

test.each<[Partial<ContainmentEntry>, string, string]>([
  [{ detail: { id: 'interrupts-off', seconds: 3 } }, 'interrupts off for 3 s', '中断已关闭 3 秒'],
  [
    { kind: 'triple-fault', detail: { id: 'undelivered-exception', vector: 13 } },
    '#GP (13) could not be delivered',
    '#GP (13) 无法送达',
  ],
  [{ kind: 'privileged-instruction', detail: { id: 'instruction', mnemonic: 'lgdt' } }, 'lgdt', 'lgdt'],
  [{ kind: 'thread-died', detail: { id: 'crash', kind: 'out-of-memory' } }, 'memory', '内存'],
])('%o is said in either language', (changes, english, chinese) => {
  locale.value = 'en';
  expect(triedText({ ...entry, ...changes })).toContain(english);
  locale.value = 'zh-CN';
  const text = triedText({ ...entry, ...changes });
  expect(text).toContain(chinese);
  expect(text.replaceAll(/#GP|lgdt|0x/g, '')).not.toMatch(/[a-z]{3}/);
});
