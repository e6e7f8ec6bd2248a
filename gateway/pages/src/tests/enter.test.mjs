// The way in: what becomes of the secret in the address. Run by `modules.rs` where node is at hand.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const here = (/** @type {string} */ path) => new URL(`../../../${path}`, import.meta.url);
const texts = await readFile(here('locales/en.ftl'), 'utf8');

const element = () => ({ textContent: '', className: '', dataset: {}, children: [], setAttribute() {}, removeAttribute() {}, append(child) { this.children.push(child); } });
const link = { hreflang: 'ar', href: '', heard: new Map(), addEventListener(name, act) { this.heard.set(name, act); } };
const room = element();
/** What the address bar showed, in order. @type {string[]} */
let shown = [];
let went = '';

globalThis.document = {
  documentElement: { lang: 'en', dataset: { digits: 'latn' } }, body: room,
  getElementById: (id) => (id === 'room' ? room : null), querySelectorAll: () => [],
  querySelector: () => link, createElement: element,
};
globalThis.matchMedia = () => ({ matches: false });
globalThis.history = { replaceState: (_state, _title, address) => shown.push(address) };
console.error = () => {};

let runs = 0;
/** Opens the page with this fragment; `answer` is the server's. */
async function enter(fragment, answer) {
  [shown, went] = [[], ''];
  room.children = [];
  globalThis.location = {
    pathname: '/enter', search: '', hash: fragment, protocol: 'http:', href: `http://hall/enter${fragment}`, replace(to) { went = to; },
  };
  const asked = [];
  globalThis.fetch = async (path, options) => {
    if (String(path).endsWith('.ftl')) {
      if (answer.noTexts) throw new Error('no line');
      return { ok: true, text: async () => texts };
    }
    asked.push(JSON.parse(options.body));
    if (!answer.status) throw new Error('no line');
    return { ok: answer.status < 300, status: answer.status, text: async () => JSON.stringify(answer.body) };
  };
  runs += 1;
  await import(`${here('web/js/enter.js').href}?${runs}`);
  const settled = () => went || shown.length > 1 || room.children.some((child) => child.className.includes('is-bad'));
  for (let turn = 0; turn < 1000 && !settled(); turn += 1) await new Promise((next) => { setImmediate(next); });
  return { asked, said: room.children.at(-1)?.textContent.replace(/[\u2068\u2069]/g, '') ?? '' };
}

test('the secret leaves the address before anything else, and opens the right page', async () => {
  const { asked } = await enter('#s%41cret', { status: 200, body: { role: 'ROLE_BIDDER', sale: 'x' } });
  assert.deepEqual([shown, asked, went], [['/enter'], [{ secret: 'sAcret' }], '/bid/x']);
});

test('signs that a chat has added behind a secret are none of it', async () => {
  for (const behind of ['.', ')', ',', '%D8%9F', '%E2%80%8F', '%20thanks']) {
    const { asked } = await enter(`#aB_-9${behind}`, { status: 200, body: { role: 'ROLE_BIDDER', sale: 'x' } });
    assert.deepEqual(asked, [{ secret: 'aB_-9' }], behind);
  }
});

test('it comes back where trying again may help', async () => {
  for (const answer of [
    { status: 0 }, { noTexts: true }, { status: 503, body: null },
    { status: 429, body: { code: 'rate-limited', retryMs: 1000, message: { en: 'Too many.' } } },
  ]) {
    const { said } = await enter('#s%41cret', answer);
    assert.deepEqual(shown, ['/enter', '/enter#s%41cret'], JSON.stringify(answer));
    if (!answer.noTexts) assert.match(said, /load the page again/, JSON.stringify(answer));
  }
});

test('an invitation that was used or cut off does not come back', async () => {
  const used = await enter('#secret', { status: 401, body: { code: 'invite-unknown', message: { en: 'Used.' } } });
  assert.deepEqual([shown, used.said], [['/enter'], 'Used.']);
  const cut = await enter('#secr%4', { status: 200, body: {} });
  assert.deepEqual([shown, cut.asked], [['/enter'], []]);
  assert.match(cut.said, /no invitation in this link/);
});

test('the link to the other language follows the address of the page', async () => {
  globalThis.location = { href: 'http://hall/analyst/1?lot=3&at=9&lang=en' };
  link.heard.get('click')();
  assert.equal(link.href, 'http://hall/analyst/1?lot=3&at=9&lang=ar');
});
