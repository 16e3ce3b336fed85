import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { Desk, programFile } from './support/Desk.ts';
import { expect, test } from './support/vivarium.ts';

/** Calls a procedure again and again, which writes to memory and to a port. */
const CALLS = `bits 16
org 100h
start:
  inc cx
  call work
  jmp start
work:
  push bp
  mov bp, sp
  mov [counter], cx
  out 80h, al
  int 11h
  pop bp
  ret
counter: dw 0
`;

test('breakpoints by name, with a condition and for a port; callers, watches and stepping out', async ({
  launch,
  home,
  picture,
}) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'calls.asm', CALLS)] }));
  await desk.select('calls');
  await desk.expectState('calls', 'running');
  await desk.tab('debug').click();
  const panel = desk.part(TEST_IDS.debugPanel);

  await test.step('by name and with a condition', async () => {
    await panel.getByTestId(TEST_IDS.breakpointNew).click();
    await panel.getByTestId(TEST_IDS.breakpointWhere).fill('nowhere');
    await panel.getByTestId(TEST_IDS.breakpointSave).click();
    await expect(panel.getByTestId(TEST_IDS.breakpointForm)).toContainText('There is no register or symbol “nowhere”.');
    await panel.getByTestId(TEST_IDS.breakpointWhere).fill('work+3');
    await panel.getByTestId(TEST_IDS.breakpointCondition).fill('cx % 100 == 7');
    await panel.getByTestId(TEST_IDS.breakpointSave).click();
    await desk.expectState('calls', 'paused');
    await expect.poll(async () => ((await desk.registerValue('ecx')) & 0xffff) % 100).toBe(7);
    await expect(panel.getByTestId(TEST_IDS.stopReason)).toContainText('Stopped at the breakpoint');
    await expect(panel.getByTestId(TEST_IDS.breakpointHits)).toHaveText('hits: 1');
  });

  await test.step('who has called, and what is watched', async () => {
    await expect(panel.getByTestId(TEST_IDS.stackFrame).nth(0)).toContainText('work+0x3');
    await expect(panel.getByTestId(TEST_IDS.stackFrame).nth(1)).toContainText('start+0x4');
    await panel.getByTestId(TEST_IDS.watchNew).fill('cx % 100');
    await panel.getByTestId(TEST_IDS.watchNew).press('Enter');
    await expect(panel.getByTestId(TEST_IDS.watchRow)).toContainText('0x00000007');
    await picture(desk.page, 'debug-panel', { documented: true });
  });

  await test.step('stepping out ends at the caller', async () => {
    await panel.getByTestId(TEST_IDS.stepOut).click();
    await expect(panel.getByTestId(TEST_IDS.stackFrame).nth(0)).toContainText('start+0x4');
  });

  await test.step('a port’s breakpoint stops behind the access', async () => {
    await panel.getByTestId(TEST_IDS.breakpointNew).click();
    await panel.getByTestId('breakpoint-kind').click();
    await desk.page.getByTestId('option-port').click();
    await panel.getByTestId(TEST_IDS.breakpointWhere).fill('80');
    await panel.getByTestId(TEST_IDS.breakpointSave).click();
    await expect(panel.getByTestId(TEST_IDS.breakpointRow)).toHaveCount(2);
    await desk.part(TEST_IDS.resume).click();
    await expect(panel.getByTestId(TEST_IDS.stopReason)).toContainText('8-bit write to port 0x80');
  });
});
