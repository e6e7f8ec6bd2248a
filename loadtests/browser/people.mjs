// The people of the journeys: each one at a device with a browser, on a line that a journey may cut.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** @typedef {{name: string, lang: 'ar' | 'en', url: string, size: {width: number, height: number}, sale: string, seven: string, eight: string, clerk: string, other: string, admin: string, amounts: number[]}} Journey */
/** @type {{playwright: string, chromium: string, artefacts: string, locales: string, journeys: Journey[]}} */
export const told = JSON.parse(process.env.MAZAD_JOURNEYS ?? '{}');

const PATIENCE = 20_000;
/** As long, in pictures of a screen. */
const DRAWN_MAX = 600;
/** A close code after which a page comes back by itself. */
const SILENT = 4003;

/** Digits of either kind, and nothing else. @param {string} text */
export const digits = (text) =>
  text.replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660)).replace(/\D/g, '');

/**
 * The texts of a language, by key: those without figures in them.
 * @param {string} lang
 * @returns {Promise<(key: string) => string>}
 */
export async function textsOf(lang) {
  const lines = (await readFile(path.join(told.locales, `${lang}.ftl`), 'utf8')).split('\n');
  const plain = lines.map((line) => line.match(/^([a-z][a-z0-9-]*) = ([^{}]+)$/)).filter((found) => found !== null);
  const texts = new Map(plain.map((found) => [found[1], found[2].trim()]));
  return (key) => texts.get(key) ?? assert.fail(`no text ${key}`);
}

/** Whether its people hold a phone, upright or on its side. @param {Journey} journey */
const isPhone = ({ size }) => Math.min(size.width, size.height) < 500;

/** Everybody of the journey that runs, for the report if it fails. @type {Person[]} */
export const present = [];

export class Person {
  /** Whether nothing gets through. */
  isCut = false;
  wasCut = false;
  /** Whether commands are lost on the way, while all else gets through. */
  loses = false;
  /** Commands that left the page, whether they got through or not. @type {any[]} */
  commands = [];
  /** What the browser complained about. @type {string[]} */
  complaints = [];
  #sockets = new Set();

  /** @param {string} name @param {any} context @param {any} page @param {Journey} journey */
  constructor(name, context, page, journey) {
    Object.assign(this, { name, context, page, journey });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    // What a cut line fails is no complaint, also where the browser says so later.
    const isOfTheLine = (/** @type {string} */ text) => this.wasCut && text.includes('ERR_FAILED');
    page.on('console', (message) => { if (message.type() === 'error' && !isOfTheLine(message.text())) this.complaints.push(message.text()); });
  }

  /** @param {any} browser @param {string} name @param {Journey} journey @param {string} link */
  static async enter(browser, name, journey, link) {
    const person = await Person.arrive(browser, name, journey);
    await person.page.goto(link);
    await person.page.locator('#enter-press:enabled').click();
    await person.page.waitForURL((address) => address.pathname !== '/enter');
    return person;
  }

  /** Somebody with a fresh device. @param {any} browser @param {string} name @param {Journey} journey @param {object} [options] */
  static async arrive(browser, name, journey, options = {}) {
    const context = await browser.newContext({
      viewport: journey.size,
      hasTouch: isPhone(journey),
      isMobile: isPhone(journey),
      reducedMotion: 'reduce',
      locale: journey.lang === 'ar' ? 'ar-EG' : 'en-GB',
      ...options,
    });
    context.setDefaultTimeout(PATIENCE);
    await context.addCookies([{ name: 'mazad_lang', value: journey.lang, url: journey.url }]);
    const person = new Person(name, context, await context.newPage(), journey);
    if (options.javaScriptEnabled !== false) await person.#lay();
    present.push(person);
    return person;
  }

  /** Lays the line between page and server. */
  async #lay() {
    await this.context.route('**/api/tickets', (route) => (this.isCut ? route.abort() : route.continue()));
    await this.page.routeWebSocket(/\/socket$/, (socket) => {
      if (this.isCut) return void socket.close({ code: SILENT });
      const server = socket.connectToServer();
      this.#sockets.add(socket);
      socket.onMessage((text) => {
        const { command } = JSON.parse(String(text));
        if (command) this.commands.push(command);
        if (!this.isCut && !(this.loses && command)) server.send(text);
      });
      server.onMessage((text) => { if (!this.isCut) socket.send(text); });
    });
  }

  /** Cuts the line. */
  async cut() {
    this.isCut = true;
    this.wasCut = true;
    for (const socket of this.#sockets) await socket.close({ code: SILENT });
    this.#sockets.clear();
  }

  /** Mends it; the device notices. */
  async mend() {
    this.isCut = false;
    await this.page.evaluate(() => { dispatchEvent(new Event('online')); });
  }

  /** Waits until a part of the page says something. @param {string} part @param {string | RegExp} text */
  async reads(part, text) {
    await this.page.locator(part, { hasText: text }).first().waitFor();
  }

  /** @param {string} part @param {string} amount in digits */
  async readsAmount(part, amount) {
    const grouped = [...amount].map((digit) => `[${digit}${String.fromCharCode(0x660 + Number(digit))}]`).join('\\D?');
    await this.reads(part, new RegExp(grouped));
  }

  /** Waits until the line is taken to be sure. */
  async isLive() {
    await this.page.locator('.band').waitFor({ state: 'detached' });
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

  /** The price on screen. */
  async price() {
    return digits(await this.page.locator('.now-price .now-figure .figure').innerText());
  }

  /** The one large button, once it may be pressed and what it shows can have been read. */
  async button() {
    const button = this.page.locator('.bid-button:not([aria-disabled=true]):not([data-new])');
    await button.waitFor();
    return button;
  }

  /** The amount on the button. */
  async offered() {
    return digits(await this.page.locator('.bid-button .figure').innerText());
  }

  /** Presses it, with a finger on a phone. The amount that was shown is the one that is sent. */
  async bid() {
    const button = await this.button();
    const amount = await this.offered();
    const before = this.commands.length;
    await (isPhone(this.journey) ? button.tap() : button.click());
    // Whoever is outbid at once sees the button wait for a moment only.
    for (let drawn = 0; drawn < DRAWN_MAX && this.commands.length === before; drawn += 1) await this.drawn();
    assert.equal(this.commands.length, before + 1, 'one press, one bid');
    assert.equal(this.commands[before].placeBid.amount, `${amount}00`, 'the amount on the button');
  }

  /** @param {string} act @param {object} [more] */
  async #touch(act, more = {}) {
    this.device ??= await this.context.newCDPSession(this.page);
    await this.device.send('Input.dispatchTouchEvent', { type: act, touchPoints: [], ...more });
  }

  /** The middle of what is shown of a part of the page. @param {any} part */
  async placeOf(part) {
    await part.scrollIntoViewIfNeeded();
    const box = await part.boundingBox();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }

  /**
   * A finger at a place of the screen: what lies under it when it comes down lies there when it is lifted.
   * The keyboard of the device goes away when the field loses the focus under the finger.
   * @param {{x: number, y: number}} place
   */
  async tapsAt(place) {
    const under = () => this.page.evaluate(({ x, y }) => {
      const found = document.elementFromPoint(x, y)?.closest('button, input, summary, label');
      return found && `${found.localName} ${found.className} ${Object.values(found.getBoundingClientRect().toJSON()).map(Math.round)}`;
    }, place);
    if (this.keyboard && !await this.writes()) await this.keyboardUp(false);
    const pressed = await under();
    await this.#touch('touchStart', { touchPoints: [place] });
    if (this.keyboard && !await this.writes()) await this.keyboardUp(false);
    const released = await under();
    await this.#touch('touchEnd');
    await this.drawn();
    assert.equal(released, pressed, 'nothing moves between press and release');
  }

  /** Whether the focus is in a field that is written into. */
  async writes() {
    return this.page.evaluate(() => document.activeElement?.matches('input.input, textarea') ?? false);
  }

  /** As many phones do it, the keyboard takes its place from the page. @param {boolean} up */
  async keyboardUp(up) {
    this.keyboard = up;
    const { width, height } = this.journey.size;
    await this.page.setViewportSize({ width, height: up ? Math.round(height * 0.55) : height });
    await this.drawn();
  }

  /** Waits until the page has been drawn again. */
  async drawn() {
    await this.page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
  }

  /** A key as an Arabic keyboard gives it: another letter, the same place. @param {string} key @param {string} code */
  async pressArabic(key, code) {
    await this.page.evaluate(([letter, place]) => {
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: letter, code: place, bubbles: true }));
    }, [key, code]);
  }
}
