import { Desk, programFile } from './support/Desk.ts';
import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { expect, test } from './support/vivarium.ts';

test('first start: samples to try and a demonstration one click away', async ({ launch, picture }) => {
  const desk = new Desk(await launch());
  await expect(desk.part(TEST_IDS.sampleGallery)).toBeVisible();
  await expect(desk.part(TEST_IDS.sampleCard).first()).toBeVisible();
  await expect(desk.part(TEST_IDS.demonstrationStart).first()).toBeVisible();
  await picture(desk.page, 'first-start', { documented: true });
});

test("the seed's sample ends with eax = 0 and ebx = 0", async ({ launch }) => {
  const desk = new Desk(await launch());
  const card = desk.page.locator(`[data-testid="${TEST_IDS.sampleCard}"][data-sample-id="seed"]`);
  await card.getByTestId(TEST_IDS.sampleRun).click();
  await expect(desk.rows).toHaveCount(1);
  await expect(desk.rows.first()).toHaveAttribute('data-activity', 'stopped');
  await desk.rows.first().click();
  await desk.expectRegister('eax', 0);
  await desk.expectRegister('ebx', 0);
});

const badFiles = [
  { name: 'empty.asm', content: '' },
  { name: 'mistake.asm', content: 'bits 16\nmov ax, bogus_name_here\nhlt\n', says: /2/ },
  { name: 'cut-off.elf', content: Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0, 0) },
  { name: 'seed.json', content: '["add", "frobnicate", "halt"]', says: /frobnicate/ },
];
for (const { name, content, says } of badFiles) {
  test(`a bad file says what is wrong and makes nothing: ${name}`, async ({ launch, home }) => {
    const desk = new Desk(await launch());
    await desk.willChoose(await programFile(home, name, content));
    await desk.part(TEST_IDS.openProgram).click();
    await expect(desk.part(TEST_IDS.notification).first()).toContainText(name);
    if (says) await expect(desk.part(TEST_IDS.notification).first()).toContainText(says);
    await expect(desk.rows).toHaveCount(0);
  });
}

test('a file that is not there is said so', async ({ launch, home }) => {
  const desk = new Desk(await launch({ args: [`${home}/missing.asm`] }));
  await expect(desk.part(TEST_IDS.notification).first()).toContainText('missing.asm');
});

test('a program is written, assembled with its errors in place, run and saved', async ({ launch, home, picture }) => {
  const desk = new Desk(await launch());
  await desk.part(TEST_IDS.navEditor).click();
  await desk.menu('file.newProgram');
  const text = desk.part(TEST_IDS.editorText);
  await text.click();
  await desk.page.keyboard.press('ControlOrMeta+A');
  await desk.page.keyboard.insertText('        bits 16\n        mov eax, 0x1234\n        mov bogus, 1\n');
  await desk.part(TEST_IDS.editorAssemble).click();
  const diagnostic = desk.part(TEST_IDS.editorDiagnostic).first();
  await expect(diagnostic).toHaveAttribute('data-line', '3');
  await expect(diagnostic).toHaveAttribute('data-severity', 'error');
  await picture(desk.page, 'editor-error');

  await text.click();
  await desk.page.keyboard.press('ControlOrMeta+A');
  await desk.page.keyboard.insertText('        bits 16\n        mov eax, 0x1234\n        cli\n        hlt\n');
  await desk.willSaveAs(`${home}/written here.asm`);
  await desk.part(TEST_IDS.editorSave).click();
  await desk.part(TEST_IDS.editorRun).click();
  await expect(desk.rows).toHaveCount(1);
  await desk.rows.first().click();
  await desk.expectRegister('eax', 0x1234);
});
