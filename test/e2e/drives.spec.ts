import { readFile, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { Desk, programFile } from './support/Desk.ts';
import { expect, test } from './support/vivarium.ts';
import { biosImage, bootDiskette, bootDisc, readingDiskette, PNG_MAGIC } from '../support/machine/bootMedia.ts';

const DISKETTE_BYTES = 1_474_560;

async function screenText(desk: Desk): Promise<string> {
  return desk.page.evaluate(async () => {
    const list = (await window.vivarium.call('vm:list', undefined)) as { value: { id: string }[] };
    const screen = await window.vivarium.call('vm:screenText', { id: list.value[0]?.id });
    return (screen as { value?: string[] }).value?.join('\n') ?? '';
  });
}

test('a diskette that is dropped becomes a machine that starts from it', async ({ launch, home, picture }) => {
  const desk = new Desk(await launch());
  await desk.drop(desk.part(TEST_IDS.sampleGallery), await programFile(home, 'tool.bin', bootDiskette('DISKETTE A')));
  await expect(desk.part(TEST_IDS.wizardFile)).toContainText('diskette, 1440 KiB, bootable');
  await expect(desk.part(TEST_IDS.wizardUse)).toContainText('Diskette');
  await picture(desk.page, 'wizard-diskette');
  await desk.part(TEST_IDS.dialogConfirm).click();
  await expect.poll(() => screenText(desk)).toContain('DISKETTE A');
  await expect(desk.page.locator('[data-testid="drive"][data-slot="floppy"]')).toHaveAttribute('data-file', 'tool.bin');
});

test('a diskette is changed while the machine runs, and its light says when it is read', async ({
  launch,
  home,
  picture,
}) => {
  const desk = new Desk(await launch());
  await desk.drop(desk.part(TEST_IDS.sampleGallery), await programFile(home, 'one.img', readingDiskette('FIRST')));
  await desk.part(TEST_IDS.dialogConfirm).click();
  const drive = desk.page.locator('[data-testid="drive"][data-slot="floppy"]');
  await expect.poll(() => screenText(desk)).toContain('FIRST');
  await expect(drive).toHaveAttribute('data-light', 'read');
  await desk.willChoose(await programFile(home, 'two.img', readingDiskette('SECOND')));
  await drive.click();
  await picture(desk.page, 'drive-menu');
  await desk.page.getByTestId('menu-insert').click();
  await expect(drive).toHaveAttribute('data-file', 'two.img');
  await expect.poll(() => screenText(desk)).toContain('SECOND');
  await drive.click();
  await desk.page.getByTestId('menu-eject').click();
  await expect(drive).toHaveAttribute('data-file', '');
  await picture(desk.page, 'drive-empty');
});

test('a BIOS image that is dropped takes the place of the machine’s own', async ({ launch, home, picture }) => {
  const desk = new Desk(await launch());
  await desk.drop(desk.part(TEST_IDS.sampleGallery), await programFile(home, 'bios.bin', biosImage('My own BIOS')));
  await expect(desk.part(TEST_IDS.wizardFile)).toContainText('BIOS image, 64 KiB');
  await expect(desk.part(TEST_IDS.wizardUse)).toContainText('BIOS image');
  await picture(desk.page, 'wizard-bios');
  await desk.part(TEST_IDS.dialogConfirm).click();
  await desk.tab('console').click();
  await expect(desk.part(TEST_IDS.console).locator('.xterm-rows')).toContainText('My own BIOS');
});

test('a CD starts a machine, with an empty disk made for it', async ({ launch, home }) => {
  const desk = new Desk(await launch());
  await desk.willChoose(await programFile(home, 'install', bootDisc('FROM THE DISC')));
  await desk.part(TEST_IDS.newMachine).click();
  await desk.part(TEST_IDS.wizardChoose).click();
  await expect(desk.part(TEST_IDS.wizardFile)).toContainText('CD image');
  const disk = path.join(home, 'new.qcow2');
  await desk.willSaveAs(disk);
  await desk.part(TEST_IDS.wizardNewDisk).click();
  const size = desk.page.getByRole('textbox', { name: 'Size' });
  await size.fill('2');
  await size.press('Enter');
  await expect(desk.part(TEST_IDS.wizardFile)).toHaveCount(2);
  await expect(desk.part(TEST_IDS.wizardFile).nth(1)).toContainText('hard disk (qcow2), 2 GiB, empty');
  await expect(desk.page.getByTestId('field-boot-order')).toContainText('CD, then');
  await desk.part(TEST_IDS.dialogConfirm).click();
  await expect.poll(() => screenText(desk)).toContain('FROM THE DISC');
  expect((await stat(disk)).size).toBeLessThan(1 << 20);
});

test('Debian mini says what is missing where it cannot be built', async ({ launch, picture }) => {
  const desk = new Desk(await launch({ env: { PATH: '/nowhere' } }));
  await desk.part(TEST_IDS.runLinux).click();
  await expect(desk.part(TEST_IDS.dialog)).toContainText('has no apt-get');
  await expect(desk.part(TEST_IDS.dialogConfirm)).toBeDisabled();
  await picture(desk.page, 'appliance-refused');
});

test('what cannot be used is said beside the file, and nothing is made', async ({ launch, home, picture }) => {
  const desk = new Desk(await launch());
  const vmdk = new Uint8Array(4096);
  vmdk.set(new TextEncoder().encode('KDMV'));
  await desk.drop(desk.part(TEST_IDS.sampleGallery), await programFile(home, 'other.vmdk', vmdk));
  await expect(desk.part(TEST_IDS.wizardFile)).toContainText('qemu-img convert');
  await picture(desk.page, 'wizard-refused');
  await desk.part(TEST_IDS.dialogConfirm).click();
  await expect(desk.part(TEST_IDS.dialog)).toBeVisible();
  await desk.page.keyboard.press('Escape');
  await expect(desk.rows).toHaveCount(0);
});

test('an image that vanished is said when its machine starts', async ({ launch, home }) => {
  const desk = new Desk(await launch());
  const file = await programFile(home, 'gone.img', bootDiskette('GONE'));
  await desk.drop(desk.part(TEST_IDS.sampleGallery), file);
  await desk.part(TEST_IDS.dialogCreate).click();
  await expect(desk.rows).toHaveCount(1);
  await truncate(file, DISKETTE_BYTES * 4);
  await desk.part(TEST_IDS.start).click();
  await expect(desk.part(TEST_IDS.notification)).toContainText('is no diskette');
});

test('a picture of the screen is saved, and a text is typed from the clipboard', async ({ launch, home }) => {
  const desk = new Desk(await launch());
  await desk.page.locator('[data-sample-id="echo"]').getByTestId(TEST_IDS.sampleRun).click();
  await expect(desk.rows).toHaveCount(1);
  await desk.app.evaluate(({ clipboard }) => clipboard.writeText('typed “here” né'));
  await expect(desk.part(TEST_IDS.screen)).toBeVisible();
  await desk.part(TEST_IDS.screenPaste).click();
  await expect.poll(() => screenText(desk)).toContain('typed "here" n');
  await expect(desk.part(TEST_IDS.notification)).toContainText('é');
  const file = path.join(home, 'screen.png');
  await desk.willSaveAs(file);
  await desk.part(TEST_IDS.screenPicture).click();
  await expect
    .poll(() =>
      readFile(file).then(
        (bytes) => bytes.subarray(0, 8).toString('hex'),
        () => '',
      ),
    )
    .toBe(PNG_MAGIC);
});

test('the screen takes the whole display and gives it back by its keys', async ({ launch, picture }) => {
  const desk = new Desk(await launch());
  await desk.page.locator('[data-sample-id="life"]').getByTestId(TEST_IDS.sampleRun).click();
  await expect(desk.part(TEST_IDS.screen)).toBeVisible();
  await desk.part(TEST_IDS.screenWhole).click();
  await expect(desk.part(TEST_IDS.vmList)).toBeHidden();
  await expect(desk.part(TEST_IDS.screenLeave)).toBeVisible();
  await picture(desk.page, 'whole-screen');
  await desk.part(TEST_IDS.screen).press('Control+Alt+Enter');
  await expect(desk.part(TEST_IDS.vmList)).toBeVisible();
});

test('the picture is shown by whole pixels, or smooth over all its room, which stays so over a restart', async ({
  launch,
  picture,
}) => {
  /** Guest pixels across, CSS pixels for one of them, and how those are filled. */
  const scaling = (desk: Desk) =>
    desk.part(TEST_IDS.screen).evaluate((canvas: HTMLCanvasElement) => {
      const { width, height } = canvas.getBoundingClientRect();
      const room = canvas.parentElement?.getBoundingClientRect();
      return {
        across: (width * devicePixelRatio) / canvas.width,
        down: (height * devicePixelRatio) / canvas.height,
        fills: Math.abs(width - (room?.width ?? 0)) < 1 || Math.abs(height - (room?.height ?? 0)) < 1,
        rendering: getComputedStyle(canvas).imageRendering,
      };
    });
  const first = new Desk(await launch());
  await first.page.locator('[data-sample-id="life"]').getByTestId(TEST_IDS.sampleRun).click();
  await expect(first.part(TEST_IDS.screen)).toBeVisible();
  await first.part(TEST_IDS.screenWhole).click();
  await expect(first.part(TEST_IDS.vmList)).toBeHidden();
  await expect.poll(() => scaling(first)).toMatchObject({ fills: false, rendering: 'pixelated' });
  const sharp = await scaling(first);
  expect([sharp.across, sharp.down].map((pixels) => pixels - Math.round(pixels))).toEqual([
    expect.closeTo(0, 2),
    expect.closeTo(0, 2),
  ]);

  const smooth = first.part(TEST_IDS.screenSmooth);
  await expect(smooth).toHaveAttribute('aria-pressed', 'false');
  await smooth.click();
  await expect(smooth).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(() => scaling(first)).toMatchObject({ fills: true, rendering: 'auto' });
  const { across, down } = await scaling(first);
  expect(across).toBeCloseTo(down, 2);
  await picture(first.page, 'screen-smooth');
  // What the window remembers reaches the disk within a second.
  await first.page.waitForTimeout(1500);
  await first.kill();

  const second = new Desk(await launch());
  await second.part(TEST_IDS.start).click();
  await expect(second.part(TEST_IDS.screenSmooth)).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(() => scaling(second)).toMatchObject({ rendering: 'auto' });
});

/** Shows each key that the BIOS gives. */
const TYPEWRITER = `        bits 16
        org 0x7c00
        sti
next:   xor ah, ah
        int 0x16
        mov ah, 0x0e
        int 0x10
        jmp next
`;

test('Ctrl+Alt+Del of the screen’s tools starts the guest over', async ({ launch, home }) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'typewriter.asm', TYPEWRITER)] }));
  await desk.select('typewriter');
  await desk.part(TEST_IDS.screen).click();
  await desk.page.keyboard.type('before', { delay: 40 });
  await expect.poll(() => screenText(desk)).toContain('before');
  await desk.part(TEST_IDS.screenControlAltDelete).click();
  await expect.poll(() => screenText(desk)).not.toContain('before');
  await desk.part(TEST_IDS.screen).click();
  await desk.page.keyboard.type('after', { delay: 40 });
  await expect.poll(() => screenText(desk)).toContain('after');
});
