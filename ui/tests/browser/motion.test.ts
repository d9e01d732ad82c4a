// Who wants no motion gets none: what changes, changes at once.

import { describe, expect, it } from 'vitest';

import { browse } from './browser';

const open = browse();

describe('without motion', () => {
  it.each(['#/publish', '#/activity', '#/activity/1', '#/accounts', '#/settings/appearance'])(
    '%s: nothing moves or fades',
    async (hash) => {
      const page = await open(`?fake=every${hash}`, { reducedMotion: 'reduce' });
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').waitFor();
      const moving = await page.evaluate(() =>
        [...document.querySelectorAll('*')]
          .filter((element) => {
            const { animationName, transitionDuration } = getComputedStyle(element);
            return animationName !== 'none' || !/^(0s(, )?)+$/.test(transitionDuration);
          })
          .map((element) => element.className.toString()),
      );
      expect(moving).toEqual([]);
    },
  );

  it('a layer that is compressed has stripes that stand still, and move for others', async () => {
    const stripes = (reducedMotion: 'reduce' | 'no-preference') =>
      open('?fake=every#/activity/1', { reducedMotion }).then((page) =>
        page
          .getByRole('img', { name: 'Layers' })
          .locator('.compressing')
          .first()
          .evaluate((layer) => layer.getAnimations().length),
      );
    expect(await stripes('reduce')).toBe(0);
    expect(await stripes('no-preference')).toBe(1);
  });
});
