import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { COUNTER, Desk, programFile } from './support/Desk.ts';
import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
import { expect, test } from './support/vivarium.ts';

const script = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../out/main/cli.cjs');

interface Answer {
  readonly status: number;
  readonly output: string;
  readonly complaints: string;
}

/** The built command line, on the test's own store. */
function commandLine(home: string): (...args: string[]) => Promise<Answer> {
  return (...args) =>
    new Promise((resolve) => {
      const env = { ...process.env, VIVARIUM_HOME: home };
      execFile(process.execPath, [script, ...args], { env }, (error, output, complaints) => {
        const status = typeof error?.code === 'number' ? error.code : error ? 1 : 0;
        resolve({ status, output, complaints });
      });
    });
}

test('the command line and an open window see the same machines', async ({ launch, home, picture }) => {
  const vivarium = commandLine(home);
  const file = await programFile(home, 'counter.asm', COUNTER);
  const desk = new Desk(await launch());
  await expect(desk.part(TEST_IDS.vmList)).toBeVisible();

  expect(await vivarium('create', file, '--name', 'made outside', '--start')).toEqual({
    status: 0,
    output: '“made outside” was started in the window.\n',
    complaints: '',
  });
  await desk.select('made outside');
  await desk.expectState('made outside', 'running');
  const before = await desk.registerValue('ecx');
  await expect.poll(() => desk.registerValue('ecx')).not.toBe(before);

  await desk.part(TEST_IDS.pause).click();
  await desk.expectState('made outside', 'paused');
  const [listed] = JSON.parse((await vivarium('ls', '--json')).output);
  expect(listed).toMatchObject({ name: 'made outside', state: 'paused', pauseReason: { kind: 'user' } });

  await vivarium('resume', 'made');
  await desk.expectState('made outside', 'running');
  await vivarium('set', 'made', '--weight', '400', '--cap', '30');
  await vivarium('rename', 'made', 'renamed outside');
  await desk.expectState('renamed outside', 'running');
  await picture(desk.page, 'command-line');

  const [stopped, created] = await Promise.all([
    vivarium('stop', '--force', 'renamed'),
    vivarium('create', file, '--name', 'at the same time'),
  ]);
  expect([stopped.status, created.status]).toEqual([0, 0]);
  await desk.expectState('renamed outside', 'off');
  await desk.expectState('at the same time', 'off');
  expect((await vivarium('rm', 'renamed outside')).status).toBe(0);
  await expect(desk.row('renamed outside')).toHaveCount(0);
});

test('machines go on without the window, and it has them when it opens', async ({ launch, home }) => {
  const vivarium = commandLine(home);
  const file = await programFile(home, 'counter.asm', COUNTER);
  await vivarium('create', file, '--name', 'kept');
  const desk = new Desk(await launch());
  await desk.expectState('kept', 'off');
  await desk.kill();

  expect(await vivarium('start', 'kept')).toMatchObject({
    status: 0,
    output: '“kept” was started without a window.\n',
  });
  expect((await vivarium('ls', '--on')).output).toContain('running');
  const again = new Desk(await launch());
  await again.expectState('kept', 'running');
  await expect(again.part(TEST_IDS.notification)).toContainText('goes on in this window');
  const before = await again.registerValue('ecx');
  await expect.poll(() => again.registerValue('ecx')).not.toBe(before);
  expect((await vivarium('ls', '--on')).output).toContain('kept');
});
