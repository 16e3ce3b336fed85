import { describe, expect, test } from 'vitest';
import { COMMAND_STATES, refusal } from '../../../src-main/hypervisor/lifecycle/transitions.ts';
import { REFUSAL_IDS, VM_STATES } from '../../../src-main/hypervisor/types.ts';
import { APP_REFUSAL_IDS, toProblem } from '../../../src-main/control/outcomes.ts';
import { problemText } from '../../../src-renderer/app/problemText.ts';
import { refusals, refusalWords } from '../../../src-renderer/app/locales/zh-CN/refusals.ts';

const refused = refusal('delete', '演示', 'running');
const problem = refused.ok ? undefined : toProblem(refused.error);

test('a refusal is said in Chinese with its machine, its command and what to do', () => {
  expect(problem && problemText(problem, 'zh-CN')).toBe('无法对“演示”执行“删除”：它正在运行。请先关闭其电源。');
});

test('in English, and where there is no sentence of its own, it is what main has said', () => {
  expect(problem && problemText(problem, 'en')).toBe('Cannot delete “演示”: it is running. Power it off first.');
  const other = { code: 'storage', message: 'The disk is full.' } as const;
  expect(problemText(other, 'zh-CN')).toBe('The disk is full.');
});

test('what a name looks like does not matter', () => {
  const text = { code: 'wrong-state', message: '', text: 'being-deleted', values: { name: '{name} $1 @|' } } as const;
  expect(problemText(text, 'zh-CN')).toBe('“{name} $1 @|”正在被删除。');
});

describe('there is Chinese', () => {
  test('for every refusal', () => {
    expect(Object.keys(refusals).sort()).toEqual([...REFUSAL_IDS, ...APP_REFUSAL_IDS].sort());
  });
  test('for every command and state that goes into one', () => {
    expect(Object.keys(refusalWords['command'] ?? {}).sort()).toEqual(Object.keys(COMMAND_STATES).sort());
    expect(Object.keys(refusalWords['state'] ?? {}).sort()).toEqual([...VM_STATES].sort());
  });
});
