import { expect, test } from './support/vivarium.ts';

test('the window opens', async ({ window, picture }) => {
  await expect(window).toHaveTitle(/Vivarium/);
  await picture(window, 'window');
});
