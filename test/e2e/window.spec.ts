import { COUNTER, Desk, programFile } from './support/Desk.ts';
import { TEST_IDS, type TestId } from '../../src-renderer/app/testIds.ts';
import { expect, test } from './support/vivarium.ts';

test('language and theme change at once and stay over a restart', async ({ launch, picture }) => {
  const desk = new Desk(await launch());
  await desk.part(TEST_IDS.navSettings).click();
  await desk.part(TEST_IDS.settingsTheme).getByTestId('choice-dark').click();
  await desk.part(TEST_IDS.settingsLanguage).getByTestId('choice-zh-CN').click();
  await expect(desk.page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(desk.part(TEST_IDS.navSamples)).toContainText('示例');
  const darkness = () =>
    desk.page.evaluate(() => {
      const channels = getComputedStyle(document.body).backgroundColor.match(/\d+/g) ?? [];
      return channels.slice(0, 3).reduce((sum, channel) => sum + Number(channel), 0);
    });
  await expect.poll(darkness).toBeLessThan(200);
  await picture(desk.page, 'dark-chinese');
  await desk.app.evaluate(({ app }) => app.quit());
  expect(await desk.ended).toBe(0);

  const again = new Desk(await launch());
  await expect(again.page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(again.part(TEST_IDS.navSamples)).toContainText('示例');
});

test('the page reaches nothing but the bridge', async ({ window: page }) => {
  const reach = await page.evaluate(async () => ({
    node: typeof Reflect.get(globalThis, 'require') + typeof Reflect.get(globalThis, 'process'),
    opened: window.open('https://example.com') === null,
    fetched: await fetch('https://example.com').then(
      () => true,
      () => false,
    ),
    notifications: await Notification.requestPermission(),
    doors: Object.keys(window.vivarium).sort(),
  }));
  expect(reach).toEqual({
    node: 'undefinedundefined',
    opened: true,
    fetched: false,
    notifications: 'denied',
    doors: ['call', 'grantFile', 'openStream', 'subscribe'],
  });
  await page.evaluate(() => void (window.location.href = 'https://example.com/'));
  await page.waitForTimeout(300);
  expect(page.url()).toBe('app://vivarium/index.html');
});

test('messages that the contract does not know are refused', async ({ window: page }) => {
  const replies = await page.evaluate(() =>
    Promise.all([
      window.vivarium.call('vm:explode', {}),
      window.vivarium.call('vm:step', { id: '../..' }),
      window.vivarium.call('editor:openFile', { token: '/etc/passwd' }),
      window.vivarium.grantFile({ path: '/etc/passwd' }),
    ]),
  );
  expect(replies).toMatchObject([
    { ok: false, problem: { code: 'unknown-message' } },
    { ok: false, problem: { code: 'invalid-message' } },
    { ok: false, problem: { code: 'access-not-granted' } },
    { ok: false, problem: { code: 'file-unreadable' } },
  ]);
});

test('a page that crashes comes back as it was, and the machines never noticed', async ({ launch, home }) => {
  test.slow();
  const files = ['first', 'second'].map((name) => programFile(home, `${name}.asm`, COUNTER));
  const desk = new Desk(await launch({ args: await Promise.all(files) }));
  for (const name of ['first', 'second'])
    await expect(desk.row(name)).toHaveAttribute('data-state', 'running', { timeout: 30_000 });
  await desk.select('first');
  await desk.part(TEST_IDS.pause).click();
  await desk.expectState('first', 'paused');
  const stopped = await desk.registerValue('ecx');
  await desk.select('second');
  const counted = await desk.registerValue('ecx');
  await desk.select('first');
  await desk.tab('code').click();

  await desk.app.evaluate(
    ({ BrowserWindow }) =>
      new Promise<void>((resolve) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents;
        contents?.once('did-finish-load', () => resolve());
        contents?.forcefullyCrashRenderer();
      }),
  );
  // Playwright holds the page that crashed: what there is now is asked through main.
  const ask = (expression: string): Promise<unknown> =>
    desk.app.evaluate(
      ({ BrowserWindow }, script) => BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(script),
      expression,
    );
  const part = (id: TestId): string => `document.querySelector('[data-testid="${id}"]')`;
  const row = (name: string): string => `document.querySelector('[data-vm-name="${name}"]')`;
  const ecx = `Number(document.querySelector('[data-register="ecx"]')?.dataset.value)`;
  const state = (name: string): Promise<unknown> => ask(`${row(name)}?.dataset.state`);
  await expect
    .poll(() => ask(`${part(TEST_IDS.machineName)}?.textContent ?? ''`), { timeout: 15_000 })
    .toContain('first');
  expect([await state('first'), await state('second')]).toEqual(['paused', 'running']);
  await expect.poll(() => ask(ecx)).toBe(stopped);
  await ask(`${row('second')}.click()`);
  await expect.poll(() => ask(`${part(TEST_IDS.machineName)}?.textContent ?? ''`)).toContain('second');
  await expect.poll(() => ask(`${ecx} > ${counted}`)).toBe(true);
});
