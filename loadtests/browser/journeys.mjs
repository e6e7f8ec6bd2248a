// The pages as people use them, in a real browser: two bidders and a clerk in windows of their own, in
// both languages, on a phone and at a desk. Started by loadtests/tests/browser.rs, which has opened the
// sales and says where everything is, as JSON in MAZAD_JOURNEYS.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

/** @typedef {{name: string, lang: 'ar' | 'en', url: string, size: {width: number, height: number}, sale: string, seven: string, eight: string, clerk: string}} Journey */
/** @type {{playwright: string, chromium: string, artefacts: string, locales: string, journeys: Journey[]}} */
const told = JSON.parse(process.env.MAZAD_JOURNEYS ?? '{}');
const { chromium } = createRequire(import.meta.url)(told.playwright);

const PATIENCE = 20_000;
const ARGS = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
];

/** The texts of a language, by key: those without figures in them. @param {string} lang */
async function textsOf(lang) {
  const lines = (await readFile(path.join(told.locales, `${lang}.ftl`), 'utf8')).split('\n');
  const plain = lines.map((line) => line.match(/^([a-z][a-z0-9-]*) = ([^{}]+)$/)).filter((found) => found !== null);
  return new Map(plain.map((found) => [found[1], found[2].trim()]));
}

/** Everybody of the journey that runs, for the report if it fails. @type {Person[]} */
let present = [];

/** One person at one device. */
class Person {
  /** @param {string} name @param {any} context @param {any} page @param {Journey} journey */
  constructor(name, context, page, journey) {
    Object.assign(this, { name, context, page, journey });
    /** What the browser complained about. @type {string[]} */
    this.complaints = [];
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => { if (message.type() === 'error') this.complaints.push(message.text()); });
  }

  /** @param {any} browser @param {string} name @param {Journey} journey @param {string} link */
  static async enter(browser, name, journey, link) {
    const person = await Person.arrive(browser, name, journey);
    await person.page.goto(link);
    await person.page.waitForURL(/\/(bid|clerk)\//);
    return person;
  }

  /** Somebody with a fresh device. @param {any} browser @param {string} name @param {Journey} journey @param {object} [options] */
  static async arrive(browser, name, journey, options = {}) {
    const isPhone = journey.size.width < 600;
    const context = await browser.newContext({
      viewport: journey.size,
      hasTouch: isPhone,
      reducedMotion: 'reduce',
      locale: journey.lang === 'ar' ? 'ar-EG' : 'en-GB',
      ...options,
    });
    context.setDefaultTimeout(PATIENCE);
    await context.addCookies([{ name: 'mazad_lang', value: journey.lang, url: journey.url }]);
    const person = new Person(name, context, await context.newPage(), journey);
    present.push(person);
    return person;
  }

  /** Waits until a part of the page says something. @param {string} part @param {string} text */
  async reads(part, text) {
    await this.page.locator(part, { hasText: text }).first().waitFor();
  }

  async shot(moment) {
    const { name, lang } = this.journey;
    await this.page.screenshot({ path: path.join(told.artefacts, `${name}-${lang}-${this.name}-${moment}.png`) });
  }

  /** What holds on every page: direction, language, nothing wider than the screen, no complaint. */
  async isSound() {
    const found = await this.page.evaluate(() => ({
      lang: document.documentElement.lang.slice(0, 2),
      dir: getComputedStyle(document.documentElement).direction,
      over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    }));
    const dir = this.journey.lang === 'ar' ? 'rtl' : 'ltr';
    assert.deepEqual(found, { lang: this.journey.lang, dir, over: 0 }, `${this.journey.name}: ${this.name}`);
    assert.deepEqual(this.complaints, [], `${this.journey.name}: ${this.name}`);
  }

  /** The price on screen, with one kind of digits. */
  async price() {
    const text = await this.page.locator('.now-price .now-figure .figure').innerText();
    return text.replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660)).replace(/\D/g, '');
  }

  /** Presses the one large button, once it may be pressed. */
  async bid() {
    const button = this.page.locator('.bid-button:not([aria-disabled=true])');
    await button.click();
  }
}

/** @param {any} browser @param {Journey} journey */
async function outbidAndHammer(browser, journey) {
  const texts = await textsOf(journey.lang);
  const say = (/** @type {string} */ key) => texts.get(key) ?? assert.fail(`no text ${key}`);
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
  await clerk.page.keyboard.press('w');
  await clerk.reads('.desk-lot', say('lot-warned-once'));
  await seven.reads('.lot-head', say('lot-warned-once'));
  await clerk.shot('warned');
  await clerk.page.keyboard.press('h');
  await clerk.reads('.desk-lot', say('outcome-sold'));
  await eight.reads('.now-own', say('own-won'));
  await seven.reads('.now-own', say('own-lost'));
  await seven.reads('.bid-button', say('button-closed'));
  await eight.shot('won');
  await clerk.shot('hammered');
  for (const person of everyone) await person.isSound();
  for (const person of everyone) await person.context.close();
}

/** The public page tells the result to somebody whose browser runs no script. @param {any} browser @param {Journey} journey */
async function readWithoutScript(browser, journey) {
  const texts = await textsOf(journey.lang);
  const reader = await Person.arrive(browser, 'reader', journey, { javaScriptEnabled: false });
  await reader.page.goto(`${journey.url}/sales/${journey.sale}/lots/1`);
  const sold = texts.get('outcome-sold') ?? assert.fail('no text');
  await reader.page.getByText(sold).first().waitFor();
  await reader.shot('public');
  await reader.context.close();
}

/** A bidder whose page was loaded again stands where they stood. @param {any} browser @param {Journey} journey */
async function comeBack(browser, journey) {
  const texts = await textsOf(journey.lang);
  const leading = texts.get('own-leading') ?? assert.fail('no text');
  const seven = await Person.enter(browser, 'seven', journey, journey.seven);
  await seven.bid();
  await seven.reads('.now-own', leading);
  const before = await seven.price();
  await seven.context.setOffline(true);
  await seven.context.setOffline(false);
  await seven.page.reload();
  await seven.reads('.now-own', leading);
  assert.equal(await seven.price(), before);
  await seven.isSound();
  await seven.context.close();
}

const browser = await chromium.launch({ executablePath: told.chromium, args: ARGS });
try {
  for (const journey of told.journeys) {
    const started = Date.now();
    present = [];
    if (journey.name.startsWith('back')) await comeBack(browser, journey);
    else {
      await outbidAndHammer(browser, journey);
      await readWithoutScript(browser, journey);
    }
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
