// One bidder on a phone and a laptop at once; and a front page that goes on with its sales.

import assert from 'node:assert/strict';
import { isReadableEverywhere } from './readable.mjs';
import { Person, textsOf } from './people.mjs';

/** @typedef {import('./people.mjs').Journey} Journey */

/** @param {any} browser @param {Journey} journey */
export async function bidOnTwoDevices(browser, journey) {
  const { url, lang, size, sale } = journey;
  const say = await textsOf(lang);
  const phone = await Person.enter(browser, 'seven', journey, journey.seven);
  await phone.isLive();
  await phone.page.getByRole('link', { name: say('device-title') }).click();
  await phone.page.getByRole('button', { name: say('device-make') }).click();
  await phone.page.locator('.qr svg').waitFor();
  await phone.reads('[role=timer]', /9|\u0669/);
  await phone.shot('link');
  await isReadableEverywhere(phone, `the other device in ${lang}`, 'device');
  await phone.page.setViewportSize(size);
  const link = await phone.page.locator('.field input').inputValue();
  const laptop = await Person.enter(browser, 'laptop', journey, link);
  assert.equal(new URL(laptop.page.url()).pathname, `/bid/${sale}`);
  await phone.page.getByRole('link', { name: say('device-back') }).click();
  await Promise.all([phone.isLive(), laptop.isLive()]);

  // What is bid on one is seen on both, as one's own.
  await phone.bid();
  for (const device of [phone, laptop]) await device.reads('.now-own', say('own-leading'));
  const thief = await Person.arrive(browser, 'thief', journey);
  await thief.page.goto(link);
  await thief.page.locator('#enter-said.is-bad').waitFor();
  assert.ok(thief.complaints.every((complaint) => complaint.includes('401')), 'the link was good once');

  // The front page counts on without being loaded again.
  const reader = await Person.arrive(browser, 'reader', journey);
  await reader.page.goto(url);
  await reader.page.evaluate(() => { document.body.dataset.first = 'yes'; });
  await reader.page.locator('[data-live=next]:not([hidden])').waitFor();
  await reader.page.locator('[data-live=left]:not([hidden])').waitFor();
  const left = () => reader.page.locator('[data-live=left]').innerText();
  const before = await left();
  await reader.page.waitForFunction((earlier) => document.querySelector('[data-live=left]')?.innerText !== earlier, before);
  const counts = await reader.page.locator('[data-live=counts]').innerText();
  const clerk = await Person.enter(browser, 'clerk', journey, journey.clerk);
  await clerk.isLive();
  await clerk.page.locator('.desk-lot').waitFor();
  await clerk.drawn();
  await clerk.page.keyboard.press('h');
  await clerk.page.locator('dialog .standings').waitFor();
  await clerk.page.keyboard.press('Enter');
  for (const device of [phone, laptop]) await device.reads('.now-own', say('own-won'));
  await reader.page.waitForFunction((earlier) => document.querySelector('[data-live=counts]')?.innerText !== earlier, counts);
  assert.equal(await reader.page.evaluate(() => document.body.dataset.first), 'yes', 'the page was not loaded again');
  await reader.shot('home');
  await isReadableEverywhere(reader, `the front page in ${lang}`);
  for (const person of [phone, laptop, reader, clerk]) await person.isSound();
  for (const person of [phone, laptop, reader, clerk, thief]) await person.context.close();
}
