import { spawn, spawnSync } from 'node:child_process';
import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { Desk, programFile } from './support/Desk.ts';
import { expect, test } from './support/vivarium.ts';

test.skip(spawnSync('gdb', ['--version']).status !== 0, 'gdb is not installed');

const SPIN = 'bits 16\norg 100h\nagain: inc bx\njmp again\n';

test('gdb connects by the command that the Debug panel shows, and leaves the machine as it was', async ({
  launch,
  home,
  picture,
}) => {
  const desk = new Desk(await launch({ args: [await programFile(home, 'spin.asm', SPIN)] }));
  await desk.select('spin');
  await desk.expectState('spin', 'running');
  await desk.tab('debug').click();
  const part = desk.part(TEST_IDS.gdb);
  await part.getByTestId(TEST_IDS.gdbOpen).click();
  const command = await part.getByTestId(TEST_IDS.gdbCommand).innerText();
  expect(command).toMatch(/^gdb -ex "target remote localhost:\d+"$/);
  await part.evaluate((section) => section.scrollIntoView());
  await picture(desk.page, 'gdb-waits', { documented: true });

  // Its commands come from here, so that it stays as long as the test looks.
  const gdb = spawn(command.replace(/^gdb /, 'gdb -nx -nh -q '), { shell: true });
  let text = '';
  gdb.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await expect(part).toContainText('gdb is connected');
  await desk.expectState('spin', 'paused');
  await expect(desk.part(TEST_IDS.machineState)).toContainText('held by gdb');
  await expect(desk.part(TEST_IDS.resume)).toBeDisabled();
  await picture(desk.page, 'gdb-attached');

  gdb.stdin.write('set $ebx = 0x1234\nstepi\np/x $ebx\ncontinue\n');
  await desk.expectState('spin', 'running');
  await expect.poll(() => text).toMatch(/\$1 = 0x123[45]/);
  await desk.part(TEST_IDS.pause).click();
  await desk.expectState('spin', 'paused');
  await expect.poll(() => text).toContain('SIGINT');
  gdb.stdin.write('detach\nquit\n');
  await desk.expectState('spin', 'running');
  await expect(part.getByTestId(TEST_IDS.gdbCommand)).toBeVisible();
  await desk.page.keyboard.press('Control+,');
  await desk.part(TEST_IDS.settingsTheme).getByTestId('choice-dark').click();
  await desk.part(TEST_IDS.settingsLanguage).getByTestId('choice-zh-CN').click();
  await desk.page.keyboard.press('Escape');
  await expect(part).toContainText('请将下面的命令粘贴到终端');
  await picture(desk.page, 'gdb-waits-dark-chinese');
  await part.getByTestId(TEST_IDS.gdbClose).click();
  await expect(part.getByTestId(TEST_IDS.gdbOpen)).toBeVisible();
});
