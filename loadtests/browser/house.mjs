// Those who look after the house: a catalogue from a spreadsheet, invitations on paper, people and their ends.

import assert from 'node:assert/strict';
import { isReadableEverywhere } from './readable.mjs';
import { Person, textsOf } from './people.mjs';

/** @typedef {import('./people.mjs').Journey} Journey */

const WRONG = 'lot,title_ar,title_en,opening\n1,أرض,Land,dear\n2,كشك,Kiosk,cheap\n';
const TABLE = [
  'lot,title_ar,title_en,opening,reserve,opens,closes',
  '1,أرض فضاء بالمنطقة الصناعية,Vacant land in the industrial zone,1250000.50,2000000,2099-03-04 10:00,2099-03-04 12:00',
  '2,كشك رقم ٧,Kiosk 7,4678,,2099-03-04 10:00,2099-03-04 12:30',
].join('\n');

/** @param {string} text */
const file = (text) => ({ name: 'lots.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });

/** @param {any} browser @param {Journey} journey */
export async function keepHouse(browser, journey) {
  const { url, lang, size } = journey;
  const say = await textsOf(lang);
  const admin = await Person.enter(browser, 'admin', journey, journey.admin);
  const part = (/** @type {string} */ name) => admin.page.locator(`#${name}`);
  const press = (/** @type {any} */ where, /** @type {string} */ text) => where.getByRole('button', { name: say(text), exact: true }).first().click();
  assert.equal(new URL(admin.page.url()).pathname, '/admin', 'an admin is led to the house');
  await part('sales').locator('.line').waitFor();
  await admin.reads('#backup', say('backup-in-memory'));

  // A table with mistakes says them; a good one is shown, and nothing is done before it is confirmed.
  const table = part('import');
  await table.locator('[name=titleAr]').fill('مزاد الاستيراد');
  await table.locator('[name=titleEn]').fill('An imported sale');
  await table.locator('[type=file]').setInputFiles(file(WRONG));
  await press(table, 'import-look');
  await admin.reads('.import-problems', say('import-also'));
  await admin.shot('problems');
  await table.locator('[type=file]').setInputFiles(file(TABLE));
  await press(table, 'import-look');
  await table.locator('.import-lots tbody tr').nth(1).waitFor();
  await admin.readsAmount('.import-lots .end', '4678');
  await admin.reads('.import-lots', lang === 'ar' ? 'الأربعاء' : 'Wednesday');
  await admin.reads('.import-lots', say('import-base-given'));
  assert.ok(!(await table.innerText()).replace(/\D/g, '').includes('2000000'), 'the base is told to nobody');
  assert.equal(await part('sales').locator('.line').count(), 1, 'nothing was done');
  await admin.shot('preview');
  await press(table, 'import-yes');
  await admin.reads('#import .is-good', say('import-done'));
  await part('sales').locator('.line').nth(1).waitFor();
  await press(part('sales'), 'act-publish');
  await press(admin.page.locator('dialog'), 'act-publish');
  await admin.page.locator('dialog').waitFor({ state: 'detached' });
  assert.equal(await part('sales').getByRole('button', { name: say('act-publish') }).count(), 0);

  // Many invitations are one sheet.
  const form = part('invite').locator('form');
  await form.locator('[name=sale]').selectOption(journey.sale);
  await form.locator('[name=limit]').fill('500000');
  await form.locator('[name=paddles]').fill('x');
  await press(form, 'invite-make');
  await form.locator('.hint-bad').waitFor();
  await form.locator('[name=paddles]').fill('٢١-٢٤ row A\n25, الصف الثاني');
  await press(form, 'invite-make');
  const tickets = admin.page.locator('.ticket');
  await tickets.nth(4).waitFor();
  assert.equal(await tickets.locator('.qr svg').count(), 5, 'each has its code');
  const links = await tickets.locator('.ticket-link').allInnerTexts();
  assert.equal(new Set(links).size, 5);
  assert.ok(links.every((link) => link.trim().startsWith(`${url}/enter#`)), links[0]);
  await admin.shot('sheet');
  await admin.page.emulateMedia({ media: 'print' });
  assert.ok(!await part('people').isVisible(), 'the sheet alone is printed');
  await admin.page.setViewportSize({ width: 718, height: 1047 });
  const [first, second] = [await tickets.nth(0).boundingBox(), await tickets.nth(1).boundingBox()];
  assert.ok(Math.abs(first.y - second.y) < 2 && first.x !== second.x, 'two beside each other');
  await admin.shot('printed');
  await admin.page.emulateMedia({ media: null });
  await admin.page.setViewportSize(size);

  // One of them comes in; the login is ended, and the phone says so.
  const bidder = await Person.enter(browser, 'bidder', journey, links[0].trim());
  await bidder.isLive();
  await admin.page.reload();
  await part('people').locator('[type=search]').fill('21');
  const person = part('people').locator('.line', { hasText: 'row A' });
  await press(person, 'people-end-login');
  await bidder.reads('.band', say('line-session'));
  await admin.reads('#people', say('people-away'));
  await press(person, 'people-new-link');
  await press(admin.page.locator('dialog'), 'people-new-link');
  await tickets.first().waitFor();
  await admin.shot('replaced');
  await press(person, 'people-shut-out');
  await admin.shot('question');
  await press(admin.page.locator('dialog'), 'people-shut-out');
  await admin.reads('#people', say('people-disabled'));
  await part('people').locator('[type=search]').fill('');
  await isReadableEverywhere(admin, `the house in ${lang}`, 'house');

  // A clerk invites bidders, and sees nobody.
  const clerk = await Person.enter(browser, 'clerk', journey, journey.clerk);
  await clerk.page.goto(`${url}/admin`);
  await clerk.page.locator('#invite').waitFor();
  assert.equal(await clerk.page.locator('#people, #import, #backup').count(), 0);
  for (const one of [admin, bidder, clerk]) await one.isSound();
  for (const one of [admin, bidder, clerk]) await one.context.close();
}
