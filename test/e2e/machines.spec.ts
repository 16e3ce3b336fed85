import { COUNTER, Desk, programFile } from './support/Desk.ts';
import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { expect, test } from './support/vivarium.ts';

test('three machines: from a file picked, one dropped, one named on the command line', async ({
  launch,
  home,
  picture,
}) => {
  const named = await programFile(home, 'named.asm', COUNTER);
  const picked = await programFile(home, 'picked.asm', COUNTER);
  const dropped = await programFile(home, 'a dropped one.asm', COUNTER);
  const desk = new Desk(await launch({ args: [named] }));
  await expect(desk.row('named')).toBeVisible();

  await desk.willChoose(picked);
  await desk.page.keyboard.press('ControlOrMeta+O');
  await expect(desk.row('picked')).toBeVisible();

  await desk.drop(desk.part(TEST_IDS.vmList), dropped);
  await expect(desk.row('a dropped one')).toBeVisible();
  await expect(desk.rows).toHaveCount(3);
  for (const name of ['named', 'picked', 'a dropped one']) await desk.expectState(name, 'running');

  await desk.select('picked');
  const before = await desk.registerValue('ecx');
  await expect.poll(() => desk.registerValue('ecx')).not.toBe(before);
  await picture(desk.page, 'three-machines');
});

test('a second start hands its file to the window that is open', async ({ launch, home }) => {
  const desk = new Desk(await launch());
  await expect(desk.part(TEST_IDS.vmList)).toBeVisible();
  const file = await programFile(home, 'later.asm', COUNTER);
  await launch({ args: [file] }).catch(() => undefined);
  await expect(desk.row('later')).toBeVisible();
});

test('pause, step one instruction, edit a register, resume', async ({ launch, home }) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'counter.asm', COUNTER)] }));
  await desk.select('counter');
  await desk.expectState('counter', 'running');
  await expect.poll(() => desk.registerValue('ecx')).toBeGreaterThan(0);
  await desk.part(TEST_IDS.pause).click();
  await desk.expectState('counter', 'paused');
  await desk.tab('code').click();

  const names = ['eax', 'ebx', 'ecx', 'edx', 'esi', 'edi', 'ebp', 'esp'] as const;
  for (let step = 0; step < 4; step++) {
    const text = await desk.currentLine.innerText();
    const at = Number(await desk.currentLine.getAttribute('data-address'));
    const before = await desk.registerValues(names);
    const expected = { ...before };
    if (/inc/.test(text)) expected.ecx = (before.ecx + 1) >>> 0;
    if (/add/.test(text)) expected.eax = (before.eax + 3) >>> 0;
    await desk.part(TEST_IDS.step).click();
    await expect.poll(async () => Number(await desk.currentLine.getAttribute('data-address'))).not.toBe(at);
    expect(await desk.registerValues(names), text).toEqual(expected);
  }

  await desk.register('eax').dblclick();
  await desk.part(TEST_IDS.registerInput).fill('0x12345678');
  await desk.part(TEST_IDS.registerInput).press('Enter');
  await desk.expectRegister('eax', 0x1234_5678);

  await desk.part(TEST_IDS.resume).click();
  await desk.expectState('counter', 'running');
  const before = await desk.registerValue('ecx');
  await expect.poll(() => desk.registerValue('ecx')).not.toBe(before);
});

test('a breakpoint set by a click stops the machine there; reset starts it over', async ({ launch, home, picture }) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'counter.asm', COUNTER)] }));
  await desk.select('counter');
  await desk.expectState('counter', 'running');
  await desk.part(TEST_IDS.pause).click();
  await desk.tab('code').click();
  await expect(desk.currentLine).toBeVisible();
  const line = desk.page.getByTestId(TEST_IDS.disassemblyLine).filter({ hasText: 'add eax, 3' });
  const address = Number(await line.getAttribute('data-address'));
  await line.getByTestId(TEST_IDS.breakpointToggle).click();
  await expect(desk.codeLine(address)).toHaveAttribute('data-breakpoint', 'true');

  for (let round = 0; round < 3; round++) {
    await desk.part(TEST_IDS.resume).click();
    await desk.expectState('counter', 'paused');
    await expect(desk.currentLine).toHaveAttribute('data-address', `0x${address.toString(16)}`);
  }
  await picture(desk.page, 'breakpoint');

  await desk.codeLine(address).getByTestId(TEST_IDS.breakpointToggle).click();
  await expect(desk.codeLine(address)).toHaveAttribute('data-breakpoint', 'false');
  await desk.part(TEST_IDS.reset).click();
  await desk.expectRegister('eip', 0x7c00);
});

test('a machine is renamed, cloned, powered off and deleted', async ({ launch, home }) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'counter.asm', COUNTER)] }));
  await desk.select('counter');
  await desk.part(TEST_IDS.powerOff).click();
  await desk.part(TEST_IDS.dialogConfirm).click();
  await desk.expectState('counter', 'off');
  await desk.menu('machine.clone');
  await expect(desk.rows).toHaveCount(2);
  await desk.select('counter');
  await desk.menu('machine.delete');
  await desk.part(TEST_IDS.dialogConfirm).click();
  await expect(desk.rows).toHaveCount(1);
  await desk.page.keyboard.press('Control+z');
  await expect(desk.rows).toHaveCount(2);
  await desk.select('counter');
  await desk.part(TEST_IDS.start).click();
  await desk.expectState('counter', 'running');
});

test('killing the app loses no machine', async ({ launch, home }) => {
  const first = new Desk(await launch({ args: [await programFile(home, 'counter.asm', COUNTER)] }));
  await first.expectState('counter', 'running');
  await first.select('counter');
  await first.menu('machine.clone');
  await expect(first.rows).toHaveCount(2);
  await first.kill();

  const second = new Desk(await launch());
  await expect(second.rows).toHaveCount(2);
  await second.expectState('counter', 'off');
  await second.select('counter');
  await second.part(TEST_IDS.start).click();
  await second.expectState('counter', 'running');
  await expect.poll(() => second.registerValue('ecx')).toBeGreaterThan(0);
});

test('quitting with a running machine asks first', async ({ launch, home }) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'counter.asm', COUNTER)] }));
  await desk.expectState('counter', 'running');
  await desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect(desk.part(TEST_IDS.dialog)).toContainText('counter');
  await desk.part(TEST_IDS.dialogCancel).click();
  await desk.expectState('counter', 'running');
  await desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await desk.part(TEST_IDS.dialogConfirm).click();
  expect(await desk.ended).toBe(0);
});

test('a file dropped on a machine becomes its program', async ({ launch, home }) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'counter.asm', COUNTER)] }));
  await desk.expectState('counter', 'running');
  const other = await programFile(home, 'other.asm', 'bits 16\norg 0x7c00\nmov eax, 0xcafe\ncli\nhlt\n');
  await desk.drop(desk.row('counter'), other);
  await desk.part(TEST_IDS.dialogConfirm).click();
  await desk.select('counter');
  await desk.expectRegister('eax', 0xcafe);
  await expect(desk.rows).toHaveCount(1);
});

test('what was in view is in view again at the next start', async ({ launch, home }) => {
  const first = new Desk(await launch({ args: [await programFile(home, 'counter.asm', COUNTER)] }));
  await first.select('counter');
  await first.tab('exits').click();
  await expect(first.part(TEST_IDS.exitRow).first()).toBeVisible();
  // What the window remembers reaches the disk within a second.
  await first.page.waitForTimeout(1500);
  await first.kill();

  const second = new Desk(await launch());
  await expect(second.part(TEST_IDS.machineName)).toContainText('counter');
  await expect(second.tab('exits')).toHaveAttribute('aria-selected', 'true');
});

test('a refusal that is about something folded up unfolds it, at the field', async ({ window: page }) => {
  await page.getByTestId(TEST_IDS.newMachine).click();
  await page.getByTestId('choice-empty').click();
  await page.getByTestId('field-name').fill('kept');
  const more = page.getByTestId(TEST_IDS.fieldsMore);
  const minutes = page.getByTestId('field-checkpoint');
  await more.click();
  await minutes.fill('600');
  await more.click();
  await expect(minutes).toBeHidden();
  await page.getByTestId(TEST_IDS.dialogConfirm).click();
  await expect(minutes).toBeVisible();
  await expect(minutes).toHaveAttribute('aria-invalid', 'true');
  await expect(minutes).toHaveAccessibleDescription('A whole number from 1 to 60.');
});
