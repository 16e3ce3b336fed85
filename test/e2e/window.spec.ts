import { Desk } from './support/Desk.ts';
import { TEST_IDS } from '../../src-renderer/app/testIds.ts';
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

test('a page that crashes comes back, and the machines never noticed', async ({ launch }) => {
  const desk = new Desk(await launch());
  await expect(desk.part(TEST_IDS.vmList)).toBeVisible();
  await desk.app.evaluate(
    ({ BrowserWindow }) =>
      new Promise<void>((resolve) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents;
        contents?.once('did-finish-load', () => resolve());
        contents?.forcefullyCrashRenderer();
      }),
  );
  await expect
    .poll(
      () =>
        desk.app.evaluate(({ BrowserWindow }) =>
          BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
            `Boolean(document.querySelector('[data-testid="vm-list"]'))`,
          ),
        ),
      { timeout: 15_000 },
    )
    .toBe(true);
});
