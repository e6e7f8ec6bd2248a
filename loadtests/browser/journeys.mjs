// The pages as people use them, in a real browser: bidders and a clerk in windows of their own, in both
// languages, on a phone and at a desk. Started by loadtests/tests/browser.rs, which has opened the sales
// and says where everything is, as JSON in MAZAD_JOURNEYS.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { bidOnTwoDevices } from './devices.mjs';
import { keepHouse } from './house.mjs';
import { Person, digits, present, textsOf, told } from './people.mjs';
import { readEveryAmount } from './readable.mjs';
import { weigh } from './weight.mjs';

/** @typedef {import('./people.mjs').Journey} Journey */

const { chromium } = createRequire(import.meta.url)(told.playwright);
const ARGS = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
];

/** @param {any} browser @param {Journey} journey */
async function outbidAndHammer(browser, journey) {
  const say = await textsOf(journey.lang);
  const seven = await Person.enter(browser, 'seven', journey, journey.seven);
  const eight = await Person.enter(browser, 'eight', journey, journey.eight);
  const clerk = await Person.enter(browser, 'clerk', journey, journey.clerk);
  const everyone = [seven, eight, clerk];

  await seven.bid();
  await seven.reads('.now-own', say('own-leading'));
  await eight.reads('.now-own', say('own-none'));
  await eight.bid();
  await eight.reads('.now-own', say('own-leading'));
  await seven.reads('.now-own', say('own-outbid'));
  assert.equal(await seven.price(), await eight.price());
  await seven.shot('outbid');
  await eight.shot('leading');

  // The clerk's hands stay on the keyboard.
  const paddle = journey.lang === 'ar' ? /[8\u0668]/ : /8/;
  await clerk.page.locator('.desk-figures .now-figure', { hasText: paddle }).first().waitFor();
  if (journey.lang === 'ar') await clerk.pressArabic('\u0635', 'KeyW');
  else await clerk.page.keyboard.press('w');
  await clerk.reads('.desk-lot', say('lot-warned-once'));
  await seven.reads('.lot-head', say('lot-warned-once'));
  await clerk.shot('warned');
  // Asked once, with the figures: Escape goes back, Enter goes on.
  const price = await eight.price();
  for (const answer of ['Escape', 'Enter']) {
    await clerk.page.keyboard.press('h');
    await clerk.reads('dialog .standings td', paddle);
    await clerk.readsAmount('dialog .standings td', price);
    await clerk.shot('asked');
    await clerk.page.keyboard.press(answer);
    await clerk.page.locator('dialog').waitFor({ state: 'detached' });
    if (answer === 'Escape') assert.equal(clerk.commands.length, 1, 'a warning and nothing else');
  }
  assert.deepEqual(clerk.commands[1].hammerLot, { lot: 1, seen: { bid: 2, leader: 8, price: `${price}00` } }, 'what was shown');
  await clerk.reads('.desk-lot', say('outcome-knocked-down'));
  await eight.reads('.now-own', say('own-won'));
  await seven.reads('.now-own', say('own-lost'));
  await seven.reads('.bid-button', say('button-closed'));
  await eight.shot('won');
  await clerk.shot('hammered');
  for (const person of everyone) await person.isSound();
  for (const person of everyone) await person.context.close();
}

/** What a press at this place would bid with, if anything, beside the button that lay there. @param {Person} person @param {{x: number, y: number}} place */
const bidsAt = (person, place) => person.page.evaluate(({ x, y }) => {
  const found = document.elementFromPoint(x, y)?.closest('.bid-button, .reaffirm, .sheet-yes, .act, [type=submit]');
  return found?.getAttribute('aria-disabled') === 'true' || found?.matches('.sheet-send, .floor [type=submit]') ? null : found?.className ?? null;
}, place);

/**
 * By touch: one tap sends what the button says, and however often the same place is tapped after it, nothing
 * else is bid. @param {any} browser @param {Journey} journey
 */
async function tapOnce(browser, journey) {
  const say = await textsOf(journey.lang);
  const seven = await Person.enter(browser, 'seven', journey, journey.seven);
  const eight = await Person.enter(browser, 'eight', journey, journey.eight);
  const [opener, input, send] = ['.own-amount-open', '.own-amount input.input', '.sheet-send'].map((part) => seven.page.locator(part));
  const [maximum, flat] = ['BID_KIND_MAXIMUM', 'BID_KIND_FLAT'];
  for (const person of [seven, eight]) await person.page.goto(`${journey.url}/bid/${journey.sale}?lot=4`);
  await seven.button();
  for (const [kind, amount, asked] of [[flat, 2_500, false], [maximum, 4_000, false], [maximum, 900_000, true]]) {
    await opener.tap();
    if (kind === flat) await seven.page.locator('.own-amount [value=flat]').tap();
    await input.tap();
    await seven.keyboardUp(true);
    await seven.page.keyboard.type(String(amount));
    await seven.readsAmount('.sheet-send', String(amount));
    const before = seven.commands.length;
    const place = await seven.placeOf(send);
    await seven.shot(`typed-${amount}`);
    await seven.tapsAt(place);
    const bid = seven.commands[before]?.placeBid;
    assert.deepEqual([seven.commands.length - before, bid?.amount, bid?.kind], [1, `${amount}00`, kind], 'one tap sends what the button says');
    await seven.page.locator(asked ? '.sheet-asked' : '.own-amount [data-came]').waitFor();
    if (kind === flat) {
      // The large button behind the sheet is one that bids.
      await eight.bid();
      await seven.button();
    }
    for (let again = 0; again < 3; again += 1) {
      assert.equal(await bidsAt(seven, place), null, 'nothing that bids lies where the button lay');
      await seven.tapsAt(place);
    }
    assert.equal(seven.commands.length, before + 1, 'the same place again bids nothing');
    await seven.keyboardUp(false);
    await seven.shot(`sent-${amount}`);
    if (asked) {
      await seven.tapsAt(await seven.placeOf(seven.page.locator('.sheet-yes')));
      assert.deepEqual([seven.commands.length, seven.commands.at(-1).placeBid.confirms], [before + 2, seven.commands[before].id]);
      await seven.page.locator('.own-amount [data-came]').waitFor();
    }
    const closer = await seven.placeOf(seven.page.locator('.sheet-close'));
    await seven.tapsAt(closer);
    await seven.page.locator('.own-amount').waitFor({ state: 'detached' });
    assert.equal(await bidsAt(seven, closer), null, 'nothing that bids lies where the sheet was closed');
  }
  await eight.bid();

  // A clerk with a phone: the amount of the hall.
  const clerk = await Person.enter(browser, 'clerk', journey, journey.clerk);
  const [paddle, floor, enter] = [clerk.page.locator('.floor input').first(), clerk.page.locator('.floor input').nth(1), clerk.page.locator('.floor [type=submit]')];
  await clerk.isLive();
  await paddle.tap();
  await clerk.keyboardUp(true);
  await clerk.page.keyboard.type('8');
  await floor.tap();
  await clerk.page.keyboard.type('1200');
  const place = await clerk.placeOf(enter);
  await clerk.tapsAt(place);
  assert.deepEqual(clerk.commands.map((command) => command.floorBid), [{ lot: 1, paddle: 8, amount: '120000' }]);
  await clerk.page.locator('.log-row:not(.is-quiet)').waitFor();
  for (let again = 0; again < 3; again += 1) {
    assert.equal(await bidsAt(clerk, place), null, 'nothing that bids lies where the button lay');
    await clerk.tapsAt(place);
  }
  assert.equal(clerk.commands.length, 1, 'the same place again bids nothing');
  await clerk.keyboardUp(false);
  await clerk.shot('floor');

  // The same clerk voids it, with a ready-made reason, and hammers what is left.
  const act = async (/** @type {string} */ key) => clerk.tapsAt(await clerk.placeOf(clerk.page.locator('.act', { hasText: say(key) }).first()));
  const settles = async (/** @type {string} */ name) => {
    const sent = clerk.commands.length;
    const yes = clerk.page.locator('dialog [type=submit]:not([aria-disabled=true])');
    await yes.waitFor();
    const there = await clerk.placeOf(yes);
    await clerk.shot(name);
    await clerk.tapsAt(there);
    await clerk.tapsAt(there);
    await clerk.page.locator('dialog').waitFor({ state: 'detached' });
    assert.equal(clerk.commands.length, sent + 1, 'one tap settles it, and the next means nothing beneath');
    return clerk.commands[sent];
  };
  await clerk.page.goto(`${journey.url}/clerk/${journey.sale}?lot=4`);
  await clerk.isLive();
  await clerk.page.locator('.desk-end tbody tr').first().waitFor();
  await act('act-void');
  await clerk.page.locator('dialog textarea').tap();
  await clerk.keyboardUp(true);
  await clerk.tapsAt(await clerk.placeOf(clerk.page.locator('.reason').first()));
  const struck = (await settles('void')).voidBid;
  assert.deepEqual([struck.lot, struck.note.includes(say('reason-bidder-slip'))], [4, true]);
  await clerk.keyboardUp(false);
  await clerk.page.locator('.log-row.is-good', { hasText: say('act-void') }).waitFor();
  // What has just changed under the finger is not pressed; once it can have been read, it is.
  while (!await clerk.page.locator('dialog').isVisible()) await act('act-hammer');
  assert.equal((await settles('hammer')).hammerLot.lot, 4);
  for (const person of [seven, eight, clerk]) await person.isSound();
  for (const person of [seven, eight, clerk]) await person.context.close();
}

/** The public page tells the result to somebody whose browser runs no script. @param {any} browser @param {Journey} journey */
async function readWithoutScript(browser, journey) {
  const say = await textsOf(journey.lang);
  const reader = await Person.arrive(browser, 'reader', journey, { javaScriptEnabled: false });
  await reader.page.goto(`${journey.url}/sales/${journey.sale}/lots/1`);
  await reader.page.getByText(say('outcome-knocked-down')).first().waitFor();
  await reader.shot('public');
  await reader.context.close();
}

/** Whatever befalls the line of a bidder, each bid counts once. @param {any} browser @param {Journey} journey */
async function comeBack(browser, journey) {
  const say = await textsOf(journey.lang);
  const seven = await Person.enter(browser, 'seven', journey, journey.seven);
  await (await seven.button()).waitFor();
  await seven.cut();
  await seven.reads('.bid-button[aria-disabled=true]', say('button-line'));
  await seven.reads('.band', say('line-cut'));
  await seven.shot('cut');
  await seven.mend();
  await seven.isLive();
  // Nobody closes it, and nothing comes any more: what is shown is not called sure for long.
  seven.isCut = true;
  await seven.reads('.now-own', say('own-unsure'));
  await seven.reads('.bid-button[aria-disabled=true]', say('button-line'));
  await seven.shot('frozen');
  seven.isCut = false;
  await seven.isLive();

  // The bid is lost on its way, and the page is loaded again in the middle of it.
  seven.loses = true;
  await seven.bid();
  await seven.page.reload();
  seven.loses = false;
  await seven.reads('.now-own', say('own-leading'));
  const ids = new Set(seven.commands.map((command) => command.id));
  assert.equal(ids.size, 1, 'one intent, one id');
  await seven.reads('.now-price .soft', /عرض واحد|1 bid$/);

  // The server is not there when the page comes: nobody is taken for a mere watcher.
  let refusals = 1;
  await seven.context.route('**/api/session', (route) => (refusals-- > 0 ? route.abort() : route.continue()));
  await seven.page.reload();
  await seven.reads('#room-retries', say('room-retries'));
  await seven.reads('.now-own', say('own-leading'));
  seven.complaints = seven.complaints.filter((complaint) => !complaint.includes('ERR_FAILED'));
  await seven.isSound();
  await seven.context.close();
}

/**
 * What somebody saw is what is done: a price that moves under a finger or while a clerk types, and acts of
 * a clerk whose line is cut.
 * @param {any} browser @param {Journey} journey
 */
async function meanWhatWasSeen(browser, journey) {
  const say = await textsOf(journey.lang);
  const seven = await Person.enter(browser, 'seven', journey, journey.seven);
  const eight = await Person.enter(browser, 'eight', journey, journey.eight);
  const clerk = await Person.enter(browser, 'clerk', journey, journey.clerk);

  // The finger is down, the price moves, the finger is lifted: as a phone fires it, without the wait.
  const button = await seven.button();
  const seen = await seven.offered();
  const fire = (/** @type {[string, number][]} */ events) => button.evaluate((element, all) => {
    for (const [type, buttons] of all) {
      const options = { bubbles: type !== 'pointerleave', pointerType: 'touch', buttons, detail: type === 'click' ? 1 : 0 };
      element.dispatchEvent(new PointerEvent(type, options));
    }
  }, events);
  await fire([['pointerdown', 1]]);
  await eight.bid();
  await seven.readsAmount('.bid-amount', String(Number(seen) + 1));
  await fire([['pointerup', 0], ['pointerleave', 0], ['click', 0]]);
  await seven.page.locator('.bid-box .notice').waitFor();
  assert.equal(seven.commands.at(-1).placeBid.amount, `${seen}00`, 'the amount under the finger');
  await seven.reads('.now-own', say('own-none'));

  // The clerk begins to write a bid of the hall, and the ask moves.
  await clerk.isLive();
  const stood = digits(await clerk.page.locator('.floor input').nth(1).getAttribute('placeholder'));
  const paddle = clerk.page.locator('.floor input').first();
  await clerk.page.keyboard.press('f');
  await clerk.page.keyboard.type('1');
  await clerk.page.keyboard.press('Escape');
  assert.equal(await paddle.inputValue(), '', 'Escape clears the field');
  await clerk.page.keyboard.press('f');
  await clerk.page.keyboard.type('12');
  assert.equal(await paddle.inputValue(), '12');
  await paddle.blur();
  // What is still in the field is replaced, not written on.
  await clerk.page.keyboard.press('f');
  await clerk.page.keyboard.type('7');
  assert.equal(await paddle.inputValue(), '7');
  await seven.bid();
  await clerk.page.locator('.floor-moved').waitFor();
  await clerk.shot('moved');
  await clerk.page.keyboard.press('Enter');
  await clerk.page.keyboard.press('Enter');
  await clerk.page.locator('.log .is-bad').waitFor();
  assert.equal(clerk.commands.at(-1).floorBid.amount, `${stood}00`, 'the ask that stood there');

  // A key pressed while the line is cut does nothing, neither then nor later; a form keeps what is in it.
  const sent = clerk.commands.length;
  await clerk.page.keyboard.press('x');
  await clerk.page.locator('dialog textarea').fill('reason');
  await clerk.cut();
  await clerk.reads('dialog .hint-bad', say('button-line'));
  await clerk.page.locator('dialog button[type=submit]').click({ force: true });
  await clerk.page.keyboard.press('Escape');
  await clerk.page.locator('dialog').waitFor({ state: 'detached' });
  await clerk.page.keyboard.press('h');
  await clerk.reads('.desk-said', say('button-line'));
  await clerk.page.locator('.act-hard').click({ force: true });
  await clerk.shot('cut');
  await clerk.mend();
  await clerk.isLive();
  assert.equal(clerk.commands.length, sent);
  await clerk.reads('.desk-lot', say('lot-open'));
  // One that left on a line which was dead already is asked about, and never carried out.
  clerk.loses = true;
  await clerk.page.keyboard.press('h');
  await clerk.page.locator('dialog').waitFor();
  await clerk.page.keyboard.press('Enter');
  await clerk.reads('.log-row.is-quiet', say('pending'));
  await clerk.cut();
  await clerk.page.clock.install();
  await clerk.page.clock.fastForward(10_000);
  clerk.loses = false;
  await clerk.mend();
  await clerk.page.clock.resume();
  await clerk.isLive();
  await clerk.page.locator('.log-row.is-quiet').waitFor({ state: 'detached' });
  await clerk.reads('.desk-lot', say('lot-open'));
  for (const person of [seven, eight, clerk]) await person.isSound();
  for (const person of [seven, eight, clerk]) await person.context.close();
}

/** A lot is offered again at another opening; the clerk orders, admits and bars. @param {any} browser @param {Journey} journey */
async function offerAgain(browser, journey) {
  const say = await textsOf(journey.lang);
  const clerk = await Person.enter(browser, 'clerk', journey, journey.clerk);
  const seven = await Person.enter(browser, 'seven', journey, journey.seven);
  const eight = await Person.enter(browser, 'eight', journey, journey.eight);
  const hall = await Person.arrive(browser, 'hall', journey);
  await hall.page.goto(`${journey.url}/hall/${journey.sale}?lot=1`);
  const reader = await Person.arrive(browser, 'reader', journey);
  await reader.page.goto(`${journey.url}/sales/${journey.sale}/lots/1`);
  await clerk.isLive();
  await seven.bid();
  await seven.reads('.now-own', say('own-leading'));
  await eight.bid();
  await seven.reads('.now-own', say('own-outbid'));
  await reader.readsAmount('[data-live=price]', '11');
  const accepted = (/** @type {string} */ act) => clerk.reads('.log-row.is-good b', say(act));

  // The last bids are those of the history, and a void is told by it too.
  await clerk.page.locator('.desk-end tbody tr').nth(1).waitFor();
  await clerk.page.keyboard.press('v');
  await clerk.page.locator('dialog [name=bid]').fill('\u0662');
  await clerk.page.locator('dialog textarea').fill('reason');
  // By keyboard, once it is shown what the lot comes to.
  await clerk.readsAmount('dialog .standings td:last-child', '10');
  await clerk.shot('void');
  await clerk.page.keyboard.press('Enter');
  await clerk.page.locator('.desk-end tbody tr.is-gone').waitFor();
  // The price has fallen away.
  await reader.reads('[data-live=price-label]', say('price-opening'));
  await reader.readsAmount('[data-live=price]', '10');
  await seven.reads('.now-own', say('own-unled'));
  await seven.shot('asked');
  await clerk.shot('offer');
  await seven.page.locator('.bid-box .notice button').click();
  await seven.reads('.now-own', say('own-leading'));

  for (const lot of [1, 2]) {
    await clerk.page.keyboard.press('p');
    await clerk.page.locator('dialog').waitFor();
    await clerk.page.keyboard.press('Enter');
    await clerk.reads('.desk-lot', say(lot === 1 ? 'outcome-passed' : 'outcome-no-bid'));
    if (lot === 1) await reader.page.locator('[data-live=door]').waitFor({ state: 'hidden' });
    await clerk.page.keyboard.press('e');
    await clerk.page.locator('dialog [name=amount]').fill(`${lot}00`);
    await clerk.page.locator('dialog button[type=submit]').click();
    await clerk.reads('.desk-lot', say('lot-upcoming'));
    await clerk.readsAmount('.desk-price', `${lot}00`);
    if (lot === 1) {
      await reader.page.locator('[data-live=door]').waitFor();
      for (const [person, part] of [[seven, '.now-price'], [hall, '.hall-price'], [reader, '[data-live=price]']]) await person.readsAmount(part, '100');
      await clerk.page.keyboard.press('n');
      await clerk.reads('.desk-lot', say('lot-open'));
    }
  }
  await seven.reads('.now-own', say('own-none'));

  const order = async () => (await clerk.page.locator('.lots-number').allInnerTexts()).map(digits).join(' ');
  assert.equal(await order(), '1 2 3 4');
  await clerk.page.keyboard.press('m');
  await clerk.page.locator('dialog select').selectOption('1');
  await clerk.page.locator('dialog button[type=submit]').click();
  await clerk.page.waitForFunction(() => /^[2\u0662]/.test(document.querySelector('.lots-number')?.textContent ?? ''));
  assert.equal(await order(), '2 1 3 4');

  await clerk.page.keyboard.press('Shift+A');
  await clerk.page.locator('dialog [name=paddle]').fill('\u0661\u0662');
  await clerk.page.locator('dialog button[type=submit]').click();
  await accepted('act-admit');
  await clerk.page.keyboard.press('Shift+B');
  await clerk.page.locator('dialog [name=paddle]').fill('x');
  await clerk.page.locator('dialog textarea').fill('reason');
  await clerk.page.locator('dialog button[type=submit]').click();
  await clerk.reads('dialog .hint-bad', say('number-unclear'));
  await clerk.page.locator('dialog [name=paddle]').fill('12');
  await clerk.page.locator('dialog button[type=submit]').click();
  await accepted('act-bar');
  await clerk.shot('ordered');

  // A public page says when it may be old.
  await reader.page.locator('[data-live=line]').waitFor({ state: 'hidden' });
  await reader.cut();
  await reader.reads('[data-live=line]', say('line-cut'));
  await reader.shot('old');
  await reader.mend();
  await reader.page.locator('[data-live=line]').waitFor({ state: 'hidden' });
  for (const person of [clerk, seven, eight, hall, reader]) await person.isSound();
  for (const person of [clerk, seven, eight, hall, reader]) await person.context.close();
}

/**
 * What guards a sale against slips: a draft that nobody else sees, the hall's own paddles, jumps, a second
 * clerk, warnings, and a question about what has moved since. @param {any} browser @param {Journey} journey
 */
async function standGuard(browser, journey) {
  const say = await textsOf(journey.lang);
  const clerk = await Person.enter(browser, 'clerk', journey, journey.clerk);
  const press = (/** @type {string} */ name) => clerk.page.keyboard.press(name);
  const asks = async (/** @type {string} */ name, /** @type {string} */ part = 'dialog .button-main') => {
    await press(name);
    await clerk.page.locator(part).waitFor();
  };
  const answers = async () => {
    await press('Enter');
    await clerk.page.locator('dialog').waitFor({ state: 'detached' });
  };

  // Staff see a draft, and nobody else.
  const reader = await Person.arrive(browser, 'reader', journey);
  const address = `${journey.url}/sales/${journey.sale}`;
  assert.equal((await reader.page.goto(address)).status(), 404);
  reader.complaints = [];
  await clerk.reads('.band', say('draft-band'));
  await press('Shift+P');
  await clerk.reads('.desk-said', say('publish-admin'));
  const admin = await Person.enter(browser, 'admin', journey, journey.admin);
  await admin.page.goto(`${journey.url}/clerk/${journey.sale}`);
  await admin.page.locator('.band button').click();
  await admin.page.locator('dialog .button-main').waitFor();
  await admin.shot('draft');
  await admin.page.keyboard.press('Enter');
  for (const person of [admin, clerk]) await person.page.locator('.band').waitFor({ state: 'detached' });
  await press('Shift+O');
  await clerk.reads('.desk-sale', say('sale-open'));
  await press('o');
  await clerk.reads('.desk-lot', say('lot-open'));
  assert.equal((await reader.page.goto(address)).status(), 200);

  // Whoever is marked present is told at once; only then a clerk may bid for that paddle.
  const seven = await Person.enter(browser, 'seven', journey, journey.seven);
  await seven.isLive();
  const floor = async (/** @type {string} */ amount) => {
    await press('f');
    await clerk.page.keyboard.type('7');
    await press('Enter');
    await clerk.page.keyboard.type(amount);
    await press('Enter');
  };
  await floor('1000');
  await clerk.reads('.log-row.is-bad', say('refusal-not-in-hall'));
  await asks('t');
  await clerk.page.locator('dialog [name=paddle]').fill('7');
  await answers();
  await seven.reads('.notice', say('mine-present'));
  await seven.shot('present');

  // A jump is meant by one key more, and confirmed by somebody else, who names it.
  await floor('900000');
  await clerk.page.locator('.notice', { hasText: say('act-jump') }).waitFor();
  await clerk.shot('jump');
  await press('y');
  await clerk.page.locator('.notice kbd', { hasText: 'C' }).waitFor();
  const other = await Person.enter(browser, 'other', journey, journey.other);
  const waits = other.page.locator('.notice kbd', { hasText: 'C' });
  await other.page.locator('.desk-lot').waitFor();
  while (!other.commands.length) {
    if (await waits.isVisible()) {
      await other.page.keyboard.press('c');
      await other.drawn();
      continue;
    }
    // The second clerk came too late: it is entered once more.
    await floor('900000');
    await clerk.page.locator('.notice', { hasText: say('act-jump') }).waitFor();
    await press('y');
    await waits.waitFor();
  }
  await other.readsAmount('.desk-price', '900000');
  const { paddle, amount } = other.commands[0].confirmFloorBid;
  assert.deepEqual([paddle, amount], [7, '90000000']);

  // The hammer waits for its warnings, and for those to be heard.
  await press('h');
  await clerk.reads('.desk-said', /2|\u0662/);
  for (const word of ['lot-warned-once', 'lot-warned-twice']) {
    await press('w');
    await clerk.reads('.desk-lot', say(word));
  }
  await asks('h');
  await clerk.shot('warned');
  await clerk.reads('dialog .standings td:last-child', say('outcome-knocked-down'));
  await press('Escape');

  // What comes while a question is open is a reason to look again: the act names what was shown.
  await asks('p');
  const eight = await Person.enter(browser, 'eight', journey, journey.eight);
  await eight.bid();
  await clerk.reads('dialog .dialog-says', say('question-moved'));
  await clerk.shot('moved');
  const sent = clerk.commands.length;
  await press('Enter');
  await clerk.drawn();
  assert.equal(clerk.commands.length, sent, 'nothing is sent of what has moved');
  await press('Escape');
  for (const person of [clerk, other, admin, seven, eight, reader]) await person.isSound();
  for (const person of [clerk, other, admin, seven, eight, reader]) await person.context.close();
}

const JOURNEYS = {
  measured: [readEveryAmount], weight: [weigh], house: [keepHouse], devices: [bidOnTwoDevices], guards: [standGuard],
  tap: [tapOnce], tilted: [tapOnce],
  phone: [outbidAndHammer, readWithoutScript], desktop: [outbidAndHammer, readWithoutScript], back: [comeBack], seen: [meanWhatWasSeen], again: [offerAgain],
};

const browser = await chromium.launch({ executablePath: told.chromium, args: ARGS });
try {
  const only = process.env.MAZAD_JOURNEY;
  for (const journey of told.journeys.filter(({ name }) => !only || name === only)) {
    const started = Date.now();
    present.length = 0;
    for (const part of JOURNEYS[journey.name]) await part(browser, journey);
    console.log(`${journey.name} ${journey.lang}: ${Date.now() - started} ms`);
  }
} catch (error) {
  for (const person of present) {
    await person.shot('failed').catch(() => {});
    const text = await person.page.innerText('body').catch(() => 'no page');
    console.error(`--- ${person.name} at ${person.page.url()}\n${person.complaints.join('\n')}\n${text.slice(0, 2_000)}`);
  }
  throw error;
} finally {
  await browser.close();
}
