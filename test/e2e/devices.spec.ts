import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { barriers } from './support/accessibility.ts';
import { Desk, programFile } from './support/Desk.ts';
import { expect, test } from './support/vivarium.ts';

/** The timer ticks a hundred times a second; each tick says so on every port that is logged. */
const TICKER = `        bits 16
        org 0x7c00
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7c00
        cli
        mov word [0x20], tick
        mov word [0x22], 0
        mov al, 0x34
        out 0x43, al
        mov al, 0x9c
        out 0x40, al
        mov al, 0x2e
        out 0x40, al
        mov al, 0xfe
        out 0x21, al
        mov al, 0xaa
        out 0x80, al
        sti
again:  hlt
        jmp again
tick:   push ax
        push dx
        mov al, 't'
        out 0xe9, al
        mov al, 10
        out 0xe9, al
        mov dx, 0x3f8
        mov al, 's'
        out dx, al
        mov al, 0x20
        out 0x20, al
        pop dx
        pop ax
        iret
`;

test('devices show their registers, the ways of interrupts, and what the guest writes to ports', async ({
  launch,
  home,
  picture,
}) => {
  test.slow();
  const desk = new Desk(await launch({ args: [await programFile(home, 'ticker.asm', TICKER)] }));
  await desk.select('ticker');
  await desk.expectState('ticker', 'running');
  await desk.menu('layout.run');
  await desk.tab('devices').click();
  const { page } = desk;
  const device = (id: string) => page.locator(`[data-testid="${TEST_IDS.device}"][data-device="${id}"]`);
  const register = (name: string) =>
    page.locator(`[data-testid="${TEST_IDS.deviceRegister}"][data-register="${name}"]`).first();

  await device('pic0').click();
  await expect(register('IMR').locator('.value')).toHaveText('fe');
  await expect(register('IMR').locator('[data-field="IRQ 0"]')).toContainText('0');
  await picture(page, 'devices-registers', { documented: true });
  await page.keyboard.press('ArrowDown');
  await expect(device('pic1')).toHaveAttribute('aria-current', 'true');
  await device('pit0').click();
  await expect(register('Rate').locator('.value')).toHaveText('100.00 Hz');
  await device('com1').click();
  await expect(register('Rate').locator('.value')).toHaveText(/baud$/);

  await page.getByTestId('choice-interrupts').click();
  const timer = page.locator(`[data-testid="${TEST_IDS.interruptRoute}"][data-irq="0"]`);
  await expect(timer).toContainText('pit0');
  await expect(timer).toContainText('08h');
  const taken = async (): Promise<number> => Number(await timer.locator('td.number').first().textContent());
  const before = await taken();
  await expect.poll(taken).toBeGreaterThan(before);
  await picture(page, 'devices-interrupts', { documented: true });
  expect(await barriers(page, 'interrupts')).toEqual([]);

  await page.getByTestId('choice-outputs').click();
  await page.getByTestId('choice-debug').click();
  await expect(desk.part(TEST_IDS.outputLine).first()).toContainText('t');
  await page.getByTestId('choice-post').click();
  await expect(desk.part(TEST_IDS.outputLine).last()).toContainText('aa');
  await picture(page, 'devices-outputs');
  expect(await barriers(page, 'outputs')).toEqual([]);

  await page.getByTestId('choice-registers').click();
  await device('hpet0').click();
  await expect(page.getByText('fed00000–fed003ff')).toBeVisible();
});
