import { expect, type Locator } from '@playwright/test';
import type { TourId } from '../../../src-preload/contract/layouts/TourTitles.ts';
import { TEST_IDS } from '../../../src-renderer/app/testIds.ts';
import type { Desk } from './Desk.ts';

/** The coach of a guided tour, as a reader uses it. */
export class Guide {
  private readonly desk: Desk;

  constructor(desk: Desk) {
    this.desk = desk;
  }

  get coach(): Locator {
    return this.desk.part(TEST_IDS.coach);
  }

  /** What a screen reader says. */
  get said(): Locator {
    return this.coach.locator('p[role=status]');
  }

  get outcome(): Locator {
    return this.desk.part(TEST_IDS.coachFacts);
  }

  private get body(): Locator {
    return this.coach.locator('[data-step]');
  }

  /** From the Help menu. */
  async begin(tour: TourId): Promise<void> {
    // The window hears the menu once it is there.
    await expect(this.desk.part(TEST_IDS.sampleGallery)).toBeVisible();
    await this.desk.menu(`tour.${tour}`);
  }

  async expectStep(id: string): Promise<void> {
    await expect(this.body).toHaveAttribute('data-step', id, { timeout: 20_000 });
  }

  async isDone(): Promise<boolean> {
    return (await this.body.getAttribute('data-done')) === 'true';
  }

  async expectDone(): Promise<void> {
    await expect(this.body).toHaveAttribute('data-done', 'true', { timeout: 30_000 });
  }

  async next(): Promise<void> {
    await this.desk.part(TEST_IDS.coachNext).click();
  }

  async nextByKey(): Promise<void> {
    await this.reach(this.desk.part(TEST_IDS.coachNext));
  }

  /** To what the step speaks of. */
  async takeMeThereByKey(): Promise<void> {
    await this.reach(this.desk.part(TEST_IDS.coachTake));
  }

  /** Presses a key that the window knows everywhere. */
  async press(key: string): Promise<void> {
    await this.desk.page.keyboard.press(key);
    // What the key has done is looked at a little later.
    await this.desk.page.waitForTimeout(400);
  }

  /** Over the last step: the tour's machines are gone then. */
  async finish(): Promise<void> {
    await this.next();
    await this.expectStep('end');
    await this.next();
    await this.expectStep('finished');
    await expect(this.desk.rows).toHaveCount(0);
  }

  async inChineseAndDark(): Promise<void> {
    const { page } = this.desk;
    await page.evaluate(() => window.vivarium.call('preferences:update', { theme: 'dark', language: 'zh-CN' }));
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  }

  /** From wherever the keyboard is into the coach, on to a button, and presses it. */
  private async reach(button: Locator): Promise<void> {
    const { keyboard } = this.desk.page;
    await expect(button).toBeEnabled();
    const isInside = await this.coach.evaluate((coach) => coach.contains(document.activeElement));
    if (!isInside) await keyboard.press('F1');
    for (let turn = 0; turn < 6; turn++) {
      if (await button.evaluate((element) => element === document.activeElement)) break;
      // Within the coach, what the last step left the keyboard on comes last.
      await keyboard.press(isInside ? 'Shift+Tab' : 'Tab');
    }
    await expect(button).toBeFocused();
    await keyboard.press('Enter');
  }
}
