// Pages without a pointer: keys alone, and at every stop something shows where the focus is.
import { expect } from '@playwright/test';

/** Where the focus is, in words, and whether that shows: an outline on it, or on the card or line it stands in. */
async function stop(page) {
  return page.evaluate(() => {
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    const outlined = (e) => { const s = getComputedStyle(e); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1; };
    const around = [at, at.closest('.choice'), at.closest('.way'), at.closest('.attach'), at.closest('.composer')].filter(Boolean);
    // The page itself is where the skip link leads: there is nothing in it to tell it from.
    const seen = at.tagName === 'MAIN' || around.some(outlined);
    return { words: `${at.tagName.toLowerCase()} ${(at.getAttribute('aria-label') ?? at.textContent ?? '').trim().slice(0, 40) || at.name || ''}`, seen };
  });
}

/** Something has the focus, and it shows. */
export async function shown(page) {
  const at = await stop(page);
  expect(at, 'something has the focus').not.toBeNull();
  expect(at.seen, `${at.words} shows its focus`).toBe(true);
}

/** Presses Tab until the focus is where it should be; every stop on the way must be seen. */
export async function tabTo(page, locator, what, most = 60) {
  await expect(locator, what).toBeVisible();
  for (let n = 0; n < most; n += 1) {
    const at = await stop(page);
    if (at) expect(at.seen, `${at.words} shows its focus`).toBe(true);
    if (await locator.evaluate((e) => e === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${what}`);
}

/** Tabs there and presses Enter. */
export async function enter(page, locator, what) {
  await tabTo(page, locator, what);
  await page.keyboard.press('Enter');
}

/** Tabs to a field and types into it; what stood there is replaced. */
export async function type(page, locator, words, what) {
  await tabTo(page, locator, what);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(words);
}

/** Signs in on the page that asks for it, which has the cursor in its first field. */
export async function signInByKeys(page, who) {
  await expect(page.getByLabel('Email')).toBeFocused();
  await page.keyboard.type(who.email);
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('Password')).toBeFocused();
  await page.keyboard.type(who.password);
  await page.keyboard.press('Enter');
}
