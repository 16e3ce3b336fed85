import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Desk } from './Desk.ts';

const FOLDER = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../out/gallery');
/** Each size, theme and language is seen twice, in four pictures. */
const LOOKS = [
  { name: 'small-light-en', width: 1280, height: 800, theme: 'light', language: 'en' },
  { name: 'small-dark-zh', width: 1280, height: 800, theme: 'dark', language: 'zh-CN' },
  { name: 'large-light-zh', width: 2560, height: 1440, theme: 'light', language: 'zh-CN' },
  { name: 'large-dark-en', width: 2560, height: 1440, theme: 'dark', language: 'en' },
] as const;
/** Another language and size are there within this. */
const SETTLING_MS = 250;

/** Pictures of the window for somebody to look at, in `out/gallery`: SCENE-LOOK.png. */
export class Gallery {
  private readonly desk: Desk;
  private readonly wanted: RegExp;
  /** What could not be shown, and why. */
  readonly missing: string[] = [];

  constructor(desk: Desk, wanted: RegExp) {
    this.desk = desk;
    this.wanted = wanted;
  }

  /** Shows a scene in every look; one that cannot be had does not keep the others from being seen. */
  async show(scene: string, prepare: () => Promise<void>, waitMs = 0): Promise<void> {
    if (!this.wanted.test(scene)) return;
    try {
      await prepare();
      await this.desk.page.waitForTimeout(waitMs);
      for (const look of LOOKS) await this.picture(scene, look);
    } catch (error) {
      this.missing.push(`${scene}: ${String(error).split('\n')[0]}`);
    }
  }

  private async picture(
    scene: string,
    { name, width, height, theme, language }: (typeof LOOKS)[number],
  ): Promise<void> {
    const { app, page } = this.desk;
    await page.evaluate((preferences) => window.vivarium.call('preferences:update', preferences), { theme, language });
    await app.evaluate(
      ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
      { width, height },
    );
    await page.waitForTimeout(SETTLING_MS);
    await mkdir(FOLDER, { recursive: true });
    await page.screenshot({ path: path.join(FOLDER, `${scene}-${name}.png`) });
  }
}
