// Every page at every size that people have: nothing lies over another, nothing is cut off.

import { isReadable } from './measure.mjs';
import { Person, textsOf } from './people.mjs';

/** @typedef {import('./people.mjs').Journey} Journey */

/** The sizes that pages are measured at. */
const SIZES = [[360, 740], [640, 360], [1280, 800], [1366, 768], [1536, 864], [1920, 1080]];

/** Letters as they come, and of twice the size, as people set them whose eyes need it. */
const PLAIN = [''];
const LETTERS = [...PLAIN, '200%'];

/** At every size, and with letters of either, from where it begins. @param {Person} person @param {string} where @param {string} [shot] @param {string[]} [sizes] of letters */
export async function isReadableEverywhere(person, where, shot, sizes = LETTERS) {
  for (const letters of sizes) {
    await person.page.evaluate((/** @type {string} */ size) => { document.documentElement.style.fontSize = size; }, letters);
    for (const [width, height] of SIZES) {
      await person.page.setViewportSize({ width, height });
      await isReadable(person, `${where} at ${width} px${letters && ` with letters of ${letters}`}`);
      if (shot) await person.shot(`${shot}-${width}${letters && '-large'}`);
    }
  }
  await person.page.evaluate(() => { document.documentElement.style.fontSize = ''; });
}

/**
 * Amounts of 4 to 13 digits on the pages that show them: each can be read, at every size, and none lies over
 * another. @param {any} browser @param {Journey} journey
 */
export async function readEveryAmount(browser, journey) {
  const clerk = await Person.enter(browser, 'clerk', journey, journey.clerk);
  const seven = await Person.enter(browser, 'seven', journey, journey.seven);
  const reader = await Person.arrive(browser, 'reader', journey, { timezoneId: 'America/New_York' });
  const { sale, url, lang } = journey;
  const pages = [[clerk, `clerk/${sale}?lot=`, '.desk-price'], [seven, `bid/${sale}?lot=`, '.now-price'], [reader, `hall/${sale}?lot=`, '.hall-price'], [reader, `sales/${sale}/lots/`, '.lot-hero-price']];
  for (const [person, address, price] of pages) {
    const name = address.split('/')[0];
    for (const [at, amount] of journey.amounts.entries()) {
      await person.page.goto(`${url}/${address}${at + 1}`);
      await person.readsAmount(price, String(amount));
      const isLast = at === journey.amounts.length - 1;
      await isReadableEverywhere(person, `${name} in ${lang} with ${amount}`, isLast ? name : undefined);
    }
  }

  // A lot by the clock, with its date; one that ended, with all that is known of it then.
  await seven.page.goto(`${url}/bid/${sale}?lot=${journey.amounts.length + 1}`);
  await seven.reads('.when', lang === 'ar' ? /بتوقيت القاهرة/ : /Cairo.? time/);
  await isReadableEverywhere(seven, `a lot by the clock in ${lang}`, 'timed');
  await clerk.page.goto(`${url}/clerk/${sale}?lot=1`);
  await clerk.isLive();
  await clerk.page.locator('.desk-lot').waitFor();
  await clerk.drawn();
  await clerk.page.keyboard.press('h');
  await clerk.page.locator('dialog .standings').waitFor();
  await isReadableEverywhere(clerk, `the question in ${lang}`, 'question', PLAIN);
  await clerk.page.keyboard.press('Enter');
  await clerk.page.keyboard.press('r');
  await clerk.page.locator('dialog textarea').waitFor();
  await isReadableEverywhere(clerk, `the reason in ${lang}`, 'reason', PLAIN);
  await clerk.page.keyboard.press('1');
  await clerk.page.keyboard.press('Enter');
  await clerk.page.locator('dialog').waitFor({ state: 'detached' });
  await reader.page.goto(`${url}/hall/${sale}?lot=3`);
  await reader.page.locator('.hall-pause').waitFor();
  await isReadableEverywhere(reader, `the hall paused in ${lang}`, 'paused');
  const say = await textsOf(lang);
  for (const [address, text, shot] of [['', 'home-title', 'home'], [`sales/${sale}`, 'sale-results', 'sale'], [`sales/${sale}/lots/1`, 'base-opened', 'ended'], ['nothing', 'page-not-found', 'nothing']]) {
    await reader.page.goto(`${url}/${address}`);
    await reader.page.getByText(say(text)).first().waitFor();
    await isReadableEverywhere(reader, `${shot} in ${lang}`, shot);
  }
  await clerk.page.goto(`${url}/analyst/${sale}?lot=${journey.amounts.length}`);
  await clerk.page.locator('.events tbody tr').first().waitFor();
  await isReadableEverywhere(clerk, `the history in ${lang}`, 'history', PLAIN);
  for (const person of [clerk, seven, reader]) await person.context.close();
}
