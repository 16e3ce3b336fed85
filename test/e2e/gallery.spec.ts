import { PANELS } from '../../src-preload/contract/layouts/PanelTitles.ts';
import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { COUNTER, Desk, programFile } from './support/Desk.ts';
import { Gallery } from './support/Gallery.ts';
import { expect, test } from './support/vivarium.ts';

/** A hot loop with a call and a sensitive instruction. */
const LOOPS = `        bits 16
        org 0x7c00
start:  cli
        mov ecx, 0
outer:  in al, 0x61
        mov dx, 1000
inner:  add ecx, 3
        xor eax, ecx
        rol eax, 5
        add ebx, eax
        call leaf
        dec dx
        jnz inner
        jmp outer
leaf:   push bp
        mov bp, sp
        inc dword [0x8000]
        pop bp
        ret
`;
/** Wakes with each tick of the timer, and says so. */
const TICKER = `        bits 16
        org 0x7c00
start:  sti
again:  mov ecx, 200000
work:   dec ecx
        jnz work
        mov al, '.'
        out 0xe9, al
        hlt
        jmp again
`;
/** So that the pictures get some of the host, too. */
const CAP_PERCENT = 12;

const wanted = process.env['VIVARIUM_GALLERY'];
test.skip(!wanted, 'pictures to be looked at, with nothing to fail');

test('every page, panel and dialog, empty and filled', async ({ launch, home }) => {
  test.setTimeout(1_200_000);
  const files = { spin: COUNTER, ticker: TICKER, loops: LOOPS };
  const args = await Promise.all(Object.entries(files).map(([name, text]) => programFile(home, `${name}.asm`, text)));
  const desk = new Desk(await launch({ args }));
  const { page } = desk;
  page.setDefaultTimeout(20_000);
  for (const name of Object.keys(files)) {
    await expect(desk.row(name)).toHaveAttribute('data-state', 'running', { timeout: 90_000 });
    const id = (await desk.row(name).getAttribute('data-vm-id')) ?? '';
    await page.evaluate((request) => window.vivarium.call('vm:update', request), {
      id,
      changes: { capPercent: CAP_PERCENT },
    });
  }
  const gallery = new Gallery(desk, new RegExp(wanted ?? ''));
  const show = gallery.show.bind(gallery);
  const choose = (panel: string, choice: string): Promise<void> =>
    page.locator(`#panel-${panel}`).getByTestId(`choice-${choice}`).click();

  await desk.select('loops');
  await show('machine', () => Promise.resolve());
  await desk.menu('layout.run');
  for (const panel of PANELS) await show(`panel-${panel}`, () => desk.menu(`view.${panel}`), 900);

  await desk.part(TEST_IDS.pause).click();
  await desk.expectState('loops', 'paused');
  await desk.menu('machine.takeSnapshot');
  await show('snapshots', () => desk.menu('view.snapshots'), 1500);
  await desk.part(TEST_IDS.resume).click();
  await page.waitForTimeout(300);
  await desk.part(TEST_IDS.pause).click();
  await desk.menu('view.memory');
  await show('memory-compare', async () => {
    await choose('memory', 'compare');
    await desk.part(TEST_IDS.compareRun).click();
    await expect(desk.part(TEST_IDS.compareRange).first()).toBeVisible();
  });
  await show('memory-map', () => choose('memory', 'map'), 500);
  await show('memory-range', async () => {
    await choose('memory', 'bytes');
    await desk.part(TEST_IDS.memoryRangeMenu).click();
    await page.getByRole('menuitem').first().click();
    await desk.part(TEST_IDS.memoryRangeLast).fill('0x10');
    await desk.part(TEST_IDS.memoryRangeRun).click();
  });
  await desk.menu('view.devices');
  for (const section of ['interrupts', 'outputs'])
    await show(`devices-${section}`, () => choose('devices', section), 500);
  await desk.menu('view.processor');
  for (const section of ['vectors', 'tables', 'paging'])
    await show(`processor-${section}`, () => choose('processor', section), 500);
  await desk.menu('view.debug');
  await show('debug-form', async () => {
    await desk.part(TEST_IDS.breakpointNew).click();
    await desk.part(TEST_IDS.breakpointWhere).fill('leaf');
    await desk.part(TEST_IDS.breakpointIgnore).fill('x');
    await desk.part(TEST_IDS.breakpointSave).click();
  });
  await show('debug', async () => {
    await desk.part(TEST_IDS.breakpointIgnore).fill('0');
    await desk.part(TEST_IDS.breakpointCondition).fill('ecx > 5');
    await desk.part(TEST_IDS.breakpointSave).click();
    await desk.part(TEST_IDS.watchNew).fill('ecx + 4');
    await desk.part(TEST_IDS.watchNew).press('Enter');
  });
  for (const preset of ['learn', 'debug', 'watch'] as const)
    await show(`preset-${preset}`, () => desk.menu(`layout.${preset}`), 700);
  await desk.menu('layout.learn');

  await show('machine-menu', () => desk.part(TEST_IDS.machineMenu).click());
  await page.keyboard.press('Escape');
  for (const command of [
    'machine.settings',
    'machine.delete',
    'file.newMachine',
    'file.preferences',
    'help.shortcuts',
    'help.about',
  ]) {
    await show(`dialog-${command}`, () => desk.menu(command), 400);
    await page.keyboard.press('Escape');
  }
  await show('palette', async () => {
    await desk.menu('view.commandPalette');
    await desk.part(TEST_IDS.paletteInput).fill('p');
  });
  await page.keyboard.press('Escape');
  await show('dialog-refused', async () => {
    await desk.menu('file.newMachine');
    await page.getByTestId('choice-empty').click();
    await desk.part(TEST_IDS.fieldsMore).click();
    await page.getByTestId('field-checkpoint').fill('600');
    await desk.part(TEST_IDS.fieldCap).fill('600');
    await desk.part(TEST_IDS.dialogConfirm).click();
  });
  await page.keyboard.press('Escape');
  await expect(desk.part(TEST_IDS.dialog)).toHaveCount(0);

  await show('editor', () => desk.menu('view.editor'));
  await show('samples', () => desk.menu('view.samples'));
  await show('editor-errors', async () => {
    await desk.menu('view.samples');
    await desk.part(TEST_IDS.sampleEdit).first().click();
    await desk.part(TEST_IDS.editorText).click();
    await page.keyboard.press('ControlOrMeta+Home');
    await page.keyboard.type('mov eax, [ebx\n');
    await desk.part(TEST_IDS.editorAssemble).click();
    await expect(desk.part(TEST_IDS.editorDiagnostic).first()).toBeVisible();
  });
  await show('crash', async () => {
    await desk.menu('view.samples');
    await desk.part(TEST_IDS.sampleCard).filter({ hasText: 'rogue-triple' }).getByTestId(TEST_IDS.sampleRun).click();
    await expect(desk.part(TEST_IDS.crashReport)).toBeVisible();
  });

  await show('schedule', () => desk.menu('view.schedule'), 3000);
  await show('schedule-zoomed', async () => {
    const box = await desk.part(TEST_IDS.scheduleLanes).boundingBox();
    if (!box) throw new Error('the lanes are out of sight');
    await page.mouse.move(box.x + 0.6 * box.width, box.y + 130);
    for (let turn = 0; turn < 4; turn++) await page.mouse.wheel(0, -500);
  });
  await show('schedule-minutes', async () => {
    await desk.part(TEST_IDS.scheduleLanes).dblclick();
    await page.getByTestId('choice-60000').click();
  });
  await show('schedule-charts', () => page.getByTestId('choice-charts').click(), 1000);
  await show('isolation', () => desk.menu('demonstration.start'), 6000);
  await desk.menu('demonstration.stop');
  await show('tour', () => desk.menu('tour.processor'), 2500);
  await show('tour-task', () => desk.part(TEST_IDS.coachNext).click(), 500);
  expect(gallery.missing).toEqual([]);
});
