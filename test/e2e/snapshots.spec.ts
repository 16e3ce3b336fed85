import path from 'node:path';
import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { COUNTER, Desk, programFile } from './support/Desk.ts';
import { expect, test } from './support/vivarium.ts';

/** Counts in ECX, with something on the screen for a picture to show. */
const COLOURFUL = `bits 16
org 0x7c00
mov ax, 0xb800
mov es, ax
xor di, di
mov cx, 2000
mov ax, 0x1f41
cell: stosw
inc al
add ah, 0x10
loop cell
xor ecx, ecx
again: inc ecx
jmp again
`;

test('snapshots are taken, restored, branched from, annotated and deleted', async ({ launch, home, picture }) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'counter.asm', COLOURFUL)] }));
  const snapshots = desk.part(TEST_IDS.snapshot);
  const named = (name: string) => snapshots.filter({ hasText: name });
  await desk.select('counter');
  await expect.poll(() => desk.registerValue('ecx')).toBeGreaterThan(1000);
  await desk.tab('snapshots').click();
  await expect(desk.part(TEST_IDS.snapshotsPanel)).toContainText('No snapshots yet');
  await picture(desk.page, 'snapshots-none');

  await desk.part(TEST_IDS.snapshotTakeName).fill('Just started');
  await desk.part(TEST_IDS.snapshotTake).click();
  await expect(named('Just started')).toBeVisible();
  await desk.expectState('counter', 'running');
  const early = await desk.registerValue('ecx');
  await expect.poll(() => desk.registerValue('ecx')).toBeGreaterThan(early + 100_000);

  await desk.menu('machine.takeSnapshot');
  await expect(named('Snapshot 2')).toBeVisible();
  await named('Snapshot 2').click();
  await desk.part(TEST_IDS.snapshotNotes).fill('Before the long run.');
  await named('Just started').click();

  await desk.part(TEST_IDS.pause).click();
  await desk.expectState('counter', 'paused');
  const late = await desk.registerValue('ecx');
  await desk.part(TEST_IDS.snapshotRestore).click();
  await expect(desk.part(TEST_IDS.dialog)).toContainText('Restore “Just started”?');
  await picture(desk.page, 'snapshots-restore');
  await desk.part(TEST_IDS.dialogConfirm).click();
  await expect(named('Snapshot 3')).toBeVisible();
  await desk.expectState('counter', 'running');
  await desk.part(TEST_IDS.pause).click();
  await desk.expectState('counter', 'paused');
  expect(await desk.registerValue('ecx')).not.toBe(late);

  await desk.part(TEST_IDS.snapshotTakeName).fill('Another way');
  await desk.part(TEST_IDS.snapshotTakeName).press('Enter');
  await expect(named('Another way')).toBeVisible();
  await named('Snapshot 2').click();
  await desk.page.keyboard.press('F2');
  await desk.part(TEST_IDS.snapshotNameInput).fill('The long way');
  await desk.part(TEST_IDS.snapshotNameInput).press('Enter');
  await expect(named('The long way')).toContainText('The long way');
  await picture(desk.page, 'snapshots-tree', { documented: true });
  await desk.part(TEST_IDS.navSettings).click();
  await desk.part(TEST_IDS.settingsTheme).getByTestId('choice-dark').click();
  await desk.part(TEST_IDS.settingsLanguage).getByTestId('choice-zh-CN').click();
  await desk.page.keyboard.press('Escape');
  await expect(desk.part(TEST_IDS.snapshotTake)).toContainText('拍摄快照');
  await picture(desk.page, 'snapshots-dark-chinese');

  await named('The long way').focus();
  await desk.page.keyboard.press('Delete');
  await desk.part(TEST_IDS.dialogConfirm).click();
  await expect(snapshots).toHaveCount(3);

  await named('Snapshot 3').click();
  await desk.part(TEST_IDS.snapshotClone).click();
  await expect(desk.rows).toHaveCount(2);
  await desk.expectState('counter 2', 'paused');
  await expect.poll(() => desk.registerValue('ecx')).toBe(late);

  await desk.part(TEST_IDS.powerOff).click();
  await desk.part(TEST_IDS.dialogConfirm).click();
  await desk.expectState('counter 2', 'off');
  const file = path.join(home, 'counter 2.vivarium');
  await desk.willSaveAs(file);
  await desk.menu('machine.export');
  await expect(desk.part(TEST_IDS.notification)).toContainText('counter 2.vivarium');
  await desk.willChoose(file);
  await desk.menu('file.importMachine');
  await desk.expectState('counter 3', 'off');
  await desk.tab('snapshots').click(); // each machine keeps its own panels
  await expect(named('Snapshot 3')).toBeVisible();
});

test('machines are suspended on quitting, and go on at the next start', async ({ launch, home }) => {
  const first = new Desk(await launch({ args: [await programFile(home, 'counter.asm', COUNTER)] }));
  await first.select('counter');
  await expect.poll(() => first.registerValue('ecx')).toBeGreaterThan(1000);
  await first.menu('machine.suspend');
  await first.expectState('counter', 'off');
  await expect(first.part(TEST_IDS.machineState)).toContainText('suspended');
  await first.part(TEST_IDS.start).click();
  await first.expectState('counter', 'running');
  const before = await first.registerValue('ecx');
  await first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await first.part(TEST_IDS.dialogAlternative).click();
  await first.ended;

  const second = new Desk(await launch());
  await second.select('counter');
  await second.expectState('counter', 'running');
  await expect.poll(() => second.registerValue('ecx')).toBeGreaterThan(before);
});
