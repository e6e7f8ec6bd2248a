// The way in: what becomes of the secret in the address. Run by `modules.rs` where node is at hand.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const here = (/** @type {string} */ path) => new URL(`../../../${path}`, import.meta.url);
const texts = await readFile(here('locales/en.ftl'), 'utf8');

const element = () => ({
  textContent: '', className: '', disabled: false, dataset: {}, heard: new Map(),
  setAttribute() {}, removeAttribute() {}, addEventListener(name, act) { this.heard.set(name, act); },
});
const link = { hreflang: 'ar', href: '', heard: new Map(), addEventListener(name, act) { this.heard.set(name, act); } };
/** The parts of the page. @type {Record<string, any>} */
let parts = {};
/** What the address bar showed, in order. @type {string[]} */
let shown = [];
let went = '';

globalThis.document = {
  documentElement: { lang: 'en', dataset: { digits: 'latn' } }, body: element(),
  getElementById: (id) => parts[id] ?? element(), querySelectorAll: () => [],
  querySelector: () => link, createElement: element,
};
globalThis.matchMedia = () => ({ matches: false });
globalThis.history = { replaceState: (_state, _title, address) => shown.push(address) };
console.error = () => {};

let runs = 0;
const later = () => new Promise((next) => { setImmediate(next); });
/** Waits until something has become so. @param {() => boolean} isSo */
async function until(isSo) {
  for (let turn = 0; turn < 1000 && !isSo(); turn += 1) await later();
}

/**
 * Opens the page with this fragment, and presses the button if it can be pressed. `looked` is the server's
 * answer to what the invitation is for, `taken` to the press.
 */
async function enter(fragment, looked, taken = looked) {
  [shown, went] = [[], ''];
  parts = { room: element(), 'enter-said': element(), 'enter-press': element(), 'room-failed': element() };
  globalThis.location = {
    pathname: '/enter', search: '', hash: fragment, protocol: 'http:', href: `http://hall/enter${fragment}`, replace(to) { went = to; },
  };
  const asked = [];
  globalThis.fetch = async (path, options) => {
    if (String(path).endsWith('.ftl')) return { ok: true, text: async () => texts };
    asked.push([path, JSON.parse(options.body).secret]);
    const answer = asked.length === 1 ? looked : taken;
    if (!answer.status) throw new Error('no line');
    return { ok: answer.status < 300, status: answer.status, text: async () => JSON.stringify(answer.body) };
  };
  runs += 1;
  await import(`${here('web/js/enter.js').href}?${runs}`);
  const [words, press] = [parts['enter-said'], parts['enter-press']];
  const plain = (/** @type {string} */ text) => text.replace(/[\u2068\u2069]/g, '');
  await until(() => !press.disabled || words.className.includes('is-bad'));
  const before = { asked: [...asked], went, said: plain(words.textContent), label: plain(press.textContent) };
  if (press.disabled) return { before, asked, said: before.said };
  parts.room.heard.get('submit')({ preventDefault() {} });
  await until(() => went !== '' || words.className.includes('is-bad'));
  return { before, asked, said: plain(words.textContent) };
}

const TWELVE = { status: 200, body: { role: 'ROLE_BIDDER', sale: 'x', paddle: 12 } };

test('an opened page says whom it lets in and takes nothing until the press', async () => {
  const { before, asked } = await enter('#s%41cret', TWELVE);
  assert.deepEqual([before.asked, before.went], [[['/api/v1/invitation', 'sAcret']], '']);
  assert.equal(before.label, 'Enter as paddle 12');
  assert.deepEqual(asked.slice(1), [['/api/session', 'sAcret']]);
  assert.deepEqual([shown, went], [['/enter'], '/bid/x'], 'the secret leaves the address with the press');
});

test('signs that a chat has added behind a secret are none of it', async () => {
  for (const behind of ['.', ')', ',', '%D8%9F', '%E2%80%8F', '%20thanks']) {
    const { before } = await enter(`#aB_-9${behind}`, TWELVE);
    assert.deepEqual(before.asked, [['/api/v1/invitation', 'aB_-9']], behind);
  }
});

test('staff are told as whom they come in', async () => {
  const { before } = await enter('#secret', { status: 200, body: { role: 'ROLE_CLERK' } }, { status: 200, body: { role: 'ROLE_CLERK', sale: 'x' } });
  assert.deepEqual([before.label, went], ['Enter as clerk', '/clerk/x']);
});

test('the secret stays where trying again may help', async () => {
  for (const answer of [
    { status: 0 }, { status: 503, body: null },
    { status: 429, body: { code: 'rate-limited', retryMs: 1000, message: { en: 'Too many.' } } },
  ]) {
    const told = JSON.stringify(answer);
    const { said } = await enter('#s%41cret', answer);
    assert.deepEqual(shown, [], told);
    assert.match(said, /load the page again/, told);
    const pressed = await enter('#s%41cret', TWELVE, answer);
    assert.deepEqual(shown, ['/enter', '/enter#s%41cret'], told);
    assert.equal(parts['enter-press'].disabled, false, told);
    assert.match(pressed.said, /load the page again/, told);
  }
});

test('an invitation that was used or cut off leaves the address', async () => {
  const gone = { status: 401, body: { code: 'invite-unknown', message: { en: 'Used.' } } };
  const used = await enter('#secret', gone);
  assert.deepEqual([shown, used.said, used.asked.length], [['/enter'], 'Used.', 1]);
  const late = await enter('#secret', TWELVE, gone);
  assert.deepEqual([shown, late.said], [['/enter'], 'Used.']);
  const cut = await enter('#secr%4', { status: 200, body: {} });
  assert.deepEqual([shown, cut.asked], [['/enter'], []]);
  assert.match(cut.said, /no invitation in this link/);
});

test('the link to the other language follows the address of the page', async () => {
  globalThis.location = { href: 'http://hall/analyst/1?lot=3&at=9&lang=en' };
  link.heard.get('click')();
  assert.equal(link.href, 'http://hall/analyst/1?lot=3&at=9&lang=ar');
});
