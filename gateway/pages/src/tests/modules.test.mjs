// What the pages' modules promise without a browser: the rules of docs/PROTOCOL.md, money, commands
// that are not lost, keys on an Arabic layout. Run by `modules.rs` where node is at hand.

import assert from 'node:assert/strict';
import { test } from 'node:test';

globalThis.document = {
  documentElement: { lang: 'ar', dataset: { digits: 'arab' } }, getElementById: () => null, addEventListener: () => {}, body: {},
};
globalThis.location = { search: '', protocol: 'http:', href: 'http://hall/bid/1' };
for (const name of ['HTMLInputElement', 'HTMLTextAreaElement', 'HTMLSelectElement']) globalThis[name] = class {};

const js = new URL('../../../web/js/', import.meta.url);
const load = (/** @type {string} */ name) => import(new URL(name, js).href);
const { Picture } = await load('picture.js');
const { Commands, newId } = await load('commands.js');
const { figure, lotNumber, parseAmount, parseNumber } = await load('money.js');
const { standing } = await load('own.js');
const { Press, UNREAD_MS } = await load('press.js');
const { Clock } = await load('clock.js');
const { keyOf } = await load('keys.js');

const lot = (number, revision, price) => ({ lot: number, revision: String(revision), phase: 'LOT_PHASE_OPEN', price: String(price) });
const snapshot = (revision, lots = [lot(1, revision, 100)], epoch = 1) =>
  ({ sale: 's', cursor: { epoch: String(epoch), revision: String(revision) }, board: { order: [1] }, lots });
const update = (from, to, lots = [], epoch = 1) => ({ sale: 's', epoch: String(epoch), from: String(from), to: String(to), lots });

test('an update applies to a client that stands from `from` to `to`', () => {
  const picture = new Picture();
  assert.equal(picture.update(update(1, 2)), 'gap');
  assert.equal(picture.snapshot(snapshot(10)), 'applied');
  assert.equal(picture.update(update(10, 12, [lot(1, 12, 200)])), 'applied');
  assert.equal(picture.lot(1).value.price, 200n);
  assert.equal(picture.update(update(5, 12, [lot(1, 11, 150)])), 'old');
  assert.equal(picture.update(update(9, 11)), 'old');
  assert.equal(picture.lot(1).value.price, 200n);
  assert.equal(picture.update(update(14, 15, [lot(1, 15, 900)])), 'gap');
  assert.equal(picture.lot(1).value.price, 200n);
  assert.deepEqual(picture.cursor, { epoch: 1n, revision: 12n });
  assert.equal(picture.update(update(3, 20, [lot(1, 12, 200), lot(2, 18, 5)])), 'applied');
  assert.deepEqual(picture.order.value, [1, 2]);
});

test('a picture that began with one lot takes the others, and nothing older than what it heard', () => {
  const picture = new Picture();
  picture.begin({ cursor: { epoch: '1', revision: '10' }, board: { order: [2, 1, 3] }, view: lot(1, 10, 100) });
  assert.deepEqual(picture.order.value, [2, 1, 3]);
  assert.equal(picture.lot(1).value.price, 100n);
  assert.equal(picture.update(update(10, 12, [lot(2, 12, 700)])), 'applied');
  const others = (/** @type {number} */ revision, epoch = 1) => snapshot(revision, [lot(1, 9, 90), lot(2, 8, 600), lot(3, 7, 50)], epoch);
  assert.equal(picture.rest(others(9)), 'old', 'it lacks what happened before the page');
  assert.equal(picture.rest(others(11, 2)), 'old', 'another history');
  assert.equal(picture.lot(3).value, null);
  assert.equal(picture.rest(others(11)), 'applied');
  assert.deepEqual([1, 2, 3].map((number) => picture.lot(number).value.price), [100n, 700n, 50n]);
  assert.deepEqual(picture.cursor, { epoch: 1n, revision: 12n }, 'the line goes on where it was');
});

test('an older snapshot is ignored, one of a new writer is not', () => {
  const picture = new Picture();
  picture.snapshot(snapshot(10));
  assert.equal(picture.snapshot(snapshot(9)), 'old');
  assert.equal(picture.snapshot(snapshot(4, [lot(1, 4, 50)], 2)), 'applied');
  assert.equal(picture.lot(1).value.price, 50n);
});

test('amounts are read exactly or not at all', () => {
  const minor = (text) => { const read = parseAmount(text, 'EGP'); return 'minor' in read ? read.minor : read.problem; };
  assert.equal(minor('125000'), 12_500_000n);
  assert.equal(minor('١٢٥٬٠٠٠'), 12_500_000n);
  assert.equal(minor('١٢٥٠٠٠٫٥'), 12_500_050n);
  assert.equal(minor('125,000.50'), 12_500_050n);
  assert.equal(minor('۱۲۵۰۰۰'), 12_500_000n);
  assert.equal(minor('1.250.000'), 125_000_000n);
  assert.equal(minor('1 250 000'), 125_000_000n);
  assert.equal(minor('0.1'), 10n);
  assert.equal(minor('90071992547409.93'), 9_007_199_254_740_993n);
  for (const unclear of ['1.250', '1,5', '0,500', '٠٬٥٠٠', '000,500', '0 500', '0.500.000', '12,34,567', '1e5', '-5', 'مئة', '1,250,00', '12d50', '7 5000', '1 250,000', "12'34"]) assert.equal(minor(unclear), 'unclear', unclear);
  assert.equal(minor("1'250\u00a0"), 125_000n);
  assert.equal(minor('1.2345'), 'fraction');
  assert.equal(minor(''), 'empty');
  assert.equal(minor('1234567890123456'), 'large');
});

test('amounts are written in full, a fraction only when there is one', () => {
  assert.equal(figure(12_500_000n, 'EGP', 'arab'), '١٢٥٬٠٠٠');
  assert.equal(figure(12_500_005n, 'EGP', 'arab'), '١٢٥٬٠٠٠٫٠٥');
  assert.equal(figure(9_007_199_254_740_993n, 'EGP', 'latn'), '90,071,992,547,409.93');
  assert.equal(figure(1_500n, 'KWD', 'latn'), '1.500');
  assert.equal(figure(51_000n, 'XAF', 'latn'), '51,000');
  assert.deepEqual(parseAmount('51000', 'XAF'), { minor: 51_000n });
  assert.deepEqual(parseAmount('51000.5', 'XAF'), { problem: 'fraction' });
});

test('a lot is called by the number that its catalogue prints', () => {
  assert.equal(lotNumber(13, { label: '12A' }), '\u206812A\u2069');
  assert.equal(lotNumber(13, { label: '3233*' }), '\u20683233*\u2069');
  assert.equal(lotNumber(13, { label: '12أ' }), '\u2068١٢أ\u2069');
  assert.equal(lotNumber(13, {}), '١٣');
  assert.equal(lotNumber(13, undefined), '١٣');
});

test('a command keeps its bytes until somebody answers', () => {
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  const sent = [];
  const first = new Commands('s', 'seven', storage);
  first.send = (text) => { sent.push(text); return true; };
  const id = first.issue('placeBid', { lot: 1, amount: '100', kind: 'BID_KIND_FLAT' });
  first.resume();
  assert.equal(sent.length, 2);
  assert.equal(sent[0], sent[1]);
  assert.equal(new Commands('s', 'eight', storage).pending.value.length, 0, 'the next person on this device');
  const again = new Commands('s', 'seven', storage);
  again.send = (text) => { sent.push(text); return true; };
  again.resume();
  assert.equal(sent[2], sent[0]);
  const settled = [];
  again.settled = (entry) => settled.push(entry);
  again.answered({ id: 'another' });
  again.answered({ id, verdict: 'VERDICT_ACCEPTED' });
  again.answered({ id, verdict: 'VERDICT_ACCEPTED' });
  assert.equal(settled.length, 1);
  assert.equal(new Commands('s', 'seven', storage).pending.value.length, 0);
});

/** A command that was made so many milliseconds ago, and what is sent for it. */
function kept(act, age) {
  const old = { id: newId(), act, body: { lot: 1 }, text: '{"command":{}}', madeAt: Date.now() - age, sentAt: 0 };
  const commands = new Commands('s', 'seven', { getItem: () => JSON.stringify([old]), setItem: () => {} });
  const sent = [];
  commands.send = (text) => { sent.push(JSON.parse(text)); return true; };
  commands.resume();
  return { old, commands, sent };
}

test('a command that has grown old is asked about, not sent', () => {
  const { old, commands, sent } = kept('placeBid', 120_000);
  assert.deepEqual(sent, [{ lookup: { sale: 's', id: old.id } }]);
  commands.notSeen(old.id);
  assert.equal(commands.log.value[0].result.kind, 'lost');
});

test('a hammer is meant for the picture its clerk saw, a bid for its amount', () => {
  assert.deepEqual(kept('placeBid', 10_000).sent, [{ command: {} }]);
  assert.deepEqual(Object.keys(kept('hammerLot', 10_000).sent[0]), ['lookup']);
  assert.deepEqual(Object.keys(kept('placeBid', -60_000).sent[0]), ['lookup'], 'the clock was set back');
});

test('as long as repeating helps nothing is said to be undecided', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { old, commands, sent } = kept('placeBid', 120_000);
  commands.faulted({ id: old.id, code: 'outcome-unknown', retryMs: 1_000 });
  assert.equal(commands.pending.value.length, 1);
  context.mock.timers.tick(2_000);
  assert.deepEqual(sent.map((frame) => Object.keys(frame)[0]), ['lookup', 'lookup']);
  commands.faulted({ id: old.id, code: 'not-permitted', retryMs: 0 });
  assert.equal(commands.pending.value.length, 0);
  assert.equal(commands.log.value[0].result.kind, 'fault');
});

test('numbers are read in every kind of digit', () => {
  assert.equal(parseNumber(' ١٢ '), 12);
  assert.equal(parseNumber('۱۲'), 12);
  assert.equal(parseNumber('12'), 12);
  for (const none of ['', '1.5', 'x', '1 2', '-1']) assert.equal(parseNumber(none), 0, none);
});

test('a press means the amount that could be read', () => {
  const press = new Press();
  press.shows(100n, 0);
  assert.equal(press.take(UNREAD_MS - 1, false), null, 'it has just appeared');
  assert.equal(press.take(UNREAD_MS, false), 100n);
  // A finger comes down, and the price moves before it is lifted.
  press.down(1_000);
  press.shows(110n, 1_010);
  assert.equal(press.take(1_050, true), 100n);
  // The second tap of two meets the next amount.
  press.shows(null, 2_000);
  press.shows(120n, 2_100);
  press.down(2_150);
  assert.equal(press.take(2_200, true), null);
  press.down(2_150);
  press.shows(null, 2_160);
  press.shows(130n, 2_170);
  assert.equal(press.take(2_170 + UNREAD_MS, true), null, 'it came down on an amount that nobody had read');
  // It came down, went elsewhere and came back: what stands there now is meant.
  press.down(3_000);
  press.leave();
  press.shows(140n, 3_010);
  assert.equal(press.take(3_000 + 2 * UNREAD_MS, true), 140n);
});

test('nobody is outbid where nobody leads', () => {
  const mine = { maxima: new Map([[1, 100n]]) };
  const open = (leader) => ({ lot: 1, phase: 'OPEN', leader });
  assert.equal(standing(open(8), 7, mine), 'outbid');
  assert.equal(standing(open(7), 7, mine), 'leading');
  assert.equal(standing(open(0), 7, mine), 'unled');
  assert.equal(standing({ ...open(8), lot: 2 }, 7, mine), 'none');
});

test('ids are uuids also without a secure context', () => {
  const original = crypto.randomUUID;
  try {
    Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true });
    assert.match(newId(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  } finally {
    Object.defineProperty(crypto, 'randomUUID', { value: original, configurable: true });
  }
});

test('the clock follows the engine, whatever the device says', () => {
  const clock = new Clock();
  assert.equal(clock.now(), undefined);
  const engine = 2_000_000_000_000_000;
  clock.measured(clock.mark(), engine);
  assert.ok(Math.abs(clock.now() - engine) < 50_000);
  clock.heard(engine - 10_000_000);
  assert.ok(Math.abs(clock.now() - engine) < 50_000, 'an old frame does not set it back');
});

test('keys follow the letter, or the place on an Arabic layout', () => {
  const press = (key, code, shiftKey = false) => keyOf({ key, code, shiftKey });
  assert.equal(press('h', 'KeyH'), 'h');
  assert.equal(press('ا', 'KeyH'), 'h');
  assert.equal(press('H', 'KeyJ'), 'h', 'the letter wins over the place');
  assert.equal(press('E', 'KeyE', true), 'Shift+e');
  assert.equal(press('ُ', 'KeyE', true), 'Shift+e');
  assert.equal(press('؟', 'Slash', true), '?');
  assert.equal(press(' ', 'Space'), 'Space');
});
