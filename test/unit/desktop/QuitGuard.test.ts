import { beforeEach, describe, expect, test } from 'vitest';
import { QuitGuard } from '../../../src-main/desktop/QuitGuard.ts';

let losses: { machines: { id: string; name: string }[]; unsaved: string[] };
let isWanted: boolean;
let hasWindow: boolean;
let systemAnswer: boolean;
let asked: string[];
let left: number;
let isSuspendWanted: boolean;
let canSuspend: boolean;
let suspended: number;
let guard: QuitGuard;

beforeEach(() => {
  losses = { machines: [], unsaved: [] };
  isWanted = true;
  hasWindow = true;
  systemAnswer = false;
  asked = [];
  left = 0;
  isSuspendWanted = false;
  canSuspend = true;
  suspended = 0;
  guard = new QuitGuard({
    losses: () => losses,
    isConfirmationWanted: () => isWanted,
    askInWindow: () => hasWindow && asked.push('window') > 0,
    askBySystem: async () => {
      asked.push('system');
      return systemAnswer;
    },
    isSuspendWanted: () => isSuspendWanted,
    suspend: async () => {
      suspended++;
      return canSuspend;
    },
    leave: async () => void left++,
  });
});

const running = [{ id: 'vm-1', name: 'primes' }];

describe('quitting', () => {
  test('asks nothing when nothing would be lost', async () => {
    await guard.request();
    expect([asked, left]).toEqual([[], 1]);
  });

  test('with a running machine asks in the window and leaves only on its word', async () => {
    losses.machines = running;
    await guard.request();
    expect([asked, left]).toEqual([['window'], 0]);
    await guard.answer(false);
    expect(left).toBe(0);
    await guard.answer(true);
    expect(left).toBe(1);
  });

  test('does not ask about machines when the user asked not to be asked', async () => {
    losses.machines = running;
    isWanted = false;
    await guard.request();
    expect([asked, left]).toEqual([[], 1]);
  });

  test('always asks about texts that are not saved', async () => {
    losses.unsaved = ['a.asm'];
    isWanted = false;
    await guard.request();
    expect(asked).toEqual(['window']);
  });

  test('without a page to ask, the system asks, once at a time', async () => {
    losses.machines = running;
    hasWindow = false;
    await Promise.all([guard.request(), guard.request()]);
    expect([asked, left]).toEqual([['system'], 0]);
    systemAnswer = true;
    await guard.request();
    expect(left).toBe(1);
  });

  test('suspends machines without asking where that is wanted, and leaves after it', async () => {
    losses.machines = running;
    isSuspendWanted = true;
    await Promise.all([guard.request(), guard.request()]);
    expect([asked, suspended, left]).toEqual([[], 1, 1]);
  });

  test('stays when a machine cannot be suspended', async () => {
    losses.machines = running;
    isSuspendWanted = true;
    canSuspend = false;
    await guard.request();
    expect(left).toBe(0);
    canSuspend = true;
    await guard.request();
    expect([suspended, left]).toEqual([2, 1]);
  });

  test('suspends when the answer says so, and asks about texts first', async () => {
    losses.machines = running;
    losses.unsaved = ['a.asm'];
    isSuspendWanted = true;
    await guard.request();
    expect([asked, suspended]).toEqual([['window'], 0]);
    await guard.answer(true);
    expect([suspended, left]).toEqual([1, 1]);
  });

  test('leaves once, however often it is told', async () => {
    await Promise.all([guard.leaveNow(), guard.request(), guard.answer(true)]);
    expect(left).toBe(1);
  });
});
