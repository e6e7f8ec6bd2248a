// What the pages say: answers by the act they answer, times in any zone, histories whole or not at all.
// Run by `modules.rs` where node is at hand.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

globalThis.document = { documentElement: { lang: 'en', dataset: { digits: 'latn' } }, getElementById: () => null, addEventListener: () => {}, body: {} };
globalThis.location = { search: '', protocol: 'http:', href: 'http://hall/bid/1' };
globalThis.setInterval = () => 0;

const here = (/** @type {string} */ path) => new URL(`../../../${path}`, import.meta.url);
const load = (/** @type {string} */ name) => import(here(`web/js/${name}`).href);
const { loadTexts } = await load('l10n.js');
const { noteOf } = await load('own.js');
const { verdict } = await load('verdicts.js');
const { history } = await load('http.js');
const { aheadBy, aheadOf, hour, moment, ownMoment, zoneOfTimes } = await load('moments.js');
const { quantity, wholePrice, wholeText } = await load('terms.js');
const { endRules, soldTotals, totalText } = await load('lot-facts.js');
const { pauseNote, timeOf } = await load('ui.js');
const { lampOf, leaderName, noBidName, priceName } = await load('ui.js');
const { boardOf, lotOf, previewOf, seenOf } = await load('wire.js');
const { t } = await load('l10n.js');

/** @param {(path: string) => Promise<any>} answer @param {() => Promise<void>} then */
async function withFetch(answer, then) {
  const original = globalThis.fetch;
  globalThis.fetch = answer;
  try {
    await then();
  } finally {
    globalThis.fetch = original;
  }
}

const texts = async (/** @type {string} */ path) => ({ ok: true, text: () => readFile(here(path.replace(/^.*\/locales\/[a-z0-9]*\./, 'locales/')), 'utf8') });
await withFetch(texts, () => loadTexts('ar', 'en'));

const plain = (/** @type {string} */ text) => text.replace(/[\u2068\u2069]/g, '').replace(/\u00a0/g, ' ');
const say = (act, body, result, two = false) => {
  const said = verdict({ id: 'i', act, body, result }, 'EGP', two);
  return `${said.tone}: ${plain(said.text)}`;
};
const answered = (act, body, answer, two = false) => say(act, body, { kind: 'answer', answer: { verdict: 'VERDICT_ACCEPTED', ...answer } }, two);

test('what was lost is named: a bid by its amount, an act as an act', () => {
  assert.equal(say('warnLot', { lot: 1 }, { kind: 'lost' }), 'is-bad: The request did not arrive and nothing was done. If it is still wanted, ask for it again.');
  assert.match(say('placeBid', { amount: '500' }, { kind: 'lost' }), /Your bid of EGP 5 did not arrive/);
  assert.match(say('floorBid', { paddle: 7, amount: '500' }, { kind: 'lost' }), /The bid of paddle 7 at EGP 5 did not arrive/);
});

test('an accepted act says what came of it, by who asked', () => {
  const leading = { result: 'BID_RESULT_LEADING', price: '900', leader: 7, ask: '1000' };
  assert.match(answered('reaffirm', { lot: 1 }, leading), /^is-good: You have reaffirmed your bid and lead at EGP 9\.$/);
  assert.match(answered('confirmFloorBid', { lot: 1 }, leading), /^is-good: The floor bid was confirmed: paddle 7 leads at EGP 9\.$/);
  assert.match(answered('confirmFloorBid', { lot: 1 }, { ...leading, result: 'BID_RESULT_OUTBID' }), /^is-bad: The floor bid was confirmed and accepted, but/);
  assert.match(answered('floorBid', { paddle: 7, amount: '900' }, { result: 'BID_RESULT_HELD' }), /^is-warn: The bid of paddle 7 at EGP 9 is not accepted yet/);
  assert.match(answered('voidBid', { lot: 1, bid: 2 }, {}, true), /^is-warn: Entered\. The bid is voided once two officers/);
  assert.equal(answered('voidBid', { lot: 1, bid: 2 }, {}), 'is-good: Done.');
  for (const act of ['placeBid', 'reaffirm', 'confirmFloorBid', 'warnLot', 'hammerLot']) {
    for (const result of ['BID_RESULT_LEADING', 'BID_RESULT_OUTBID', 'BID_RESULT_UNSPECIFIED']) {
      const body = act === 'placeBid' ? { amount: '900' } : {};
      assert.doesNotMatch(answered(act, body, { ...leading, result }), /EGP 0|^[a-z-]+: $/, `${act} ${result}`);
    }
  }
});

test('what was said of a lead does not stand beside its loss', () => {
  for (const result of ['BID_RESULT_LEADING', 'BID_RESULT_MAXIMUM_MOVED']) {
    const note = verdict({ id: '1', act: 'placeBid', body: { lot: 1, amount: '9' }, result: { kind: 'answer', answer: { result } } }, 'EGP');
    const room = (/** @type {number} */ leader) => [
      { notes: { value: new Map([[1, note]]) }, paddle: { value: 7 }, live: { picture: { mine: { value: { maxima: new Map([[1, 9n]]) } } } } }, lotOf({ lot: 1, phase: 'LOT_PHASE_OPEN', leader }),
    ];
    assert.equal(noteOf(...room(7)), note);
    assert.equal(noteOf(...room(8)), null);
  }
});

test('a refusal speaks to a clerk of the paddle, to a bidder of the own bid', () => {
  const refused = (act, code, figures = []) => say(act, { paddle: 7, amount: '900' }, { kind: 'answer', answer: { verdict: 'VERDICT_REFUSED', code, figures } });
  assert.match(refused('placeBid', 'own-lead'), /You are leading already/);
  assert.match(refused('floorBid', 'own-lead'), /This paddle is leading already/);
  assert.match(refused('confirmFloorBid', 'over-limit', []), /limit of this paddle/);
  assert.match(refused('floorBid', 'below-ask', [{ name: 'ask', value: '1000' }]), /The least amount taken now is EGP 10\./);
});

test('a pause is told in the words of its clerk, and one of the engine in those of the page', () => {
  const paused = (view) => boardOf({ phase: 'SALE_PHASE_PAUSED', ...view });
  const byStaff = paused({ pauseReason: 'Prayer', pauseCause: 'PAUSE_CAUSE_STAFF' });
  const byEngine = paused({ pauseCause: 'PAUSE_CAUSE_OUTAGE' });
  assert.equal(pauseNote(byStaff), 'Prayer');
  assert.equal(pauseNote(byStaff, 'ar'), 'Prayer');
  assert.equal(pauseNote(byEngine), 'Technical interruption: the sale resumes by announcement');
  assert.equal(pauseNote(byEngine, 'ar'), 'توقف فني: يستأنف المزاد بإعلان');
  assert.equal(pauseNote(boardOf({ phase: 'SALE_PHASE_OPEN' })), '');
  assert.equal(pauseNote(null), '');
});

test('outcomes are named as the law names them, none of them as a contract', () => {
  const named = (/** @type {string} */ outcome) => ['ar', 'en'].map((language) => t(lampOf(lotOf({ phase: 'LOT_PHASE_CLOSED', outcome: `LOT_OUTCOME_${outcome}` }), null).text, {}, language));
  assert.deepEqual(named('KNOCKED_DOWN'), ['رسا المزاد', 'Knocked down']);
  assert.deepEqual(named('LAPSED'), ['سقطت العروض', 'Bids lapsed']);
  assert.deepEqual(named('FOR_DECISION'), ['قيد قرار اللجنة', 'For decision']);
  const all = ['KNOCKED_DOWN', 'NO_BID', 'BELOW_BASE', 'PASSED_BY_CLERK', 'LAPSED', 'WITHDRAWN', 'FOR_DECISION'].map((outcome) => named(outcome).join());
  assert.equal(new Set(all).size, 7, 'each by a name of its own');
  for (const name of all) assert.doesNotMatch(name, /sold|بيع|يُبَع/i);
});

test('a lot that ended otherwise keeps its highest bid, and no bid is said only where there was none', () => {
  const closed = (/** @type {object} */ view) => lotOf({ phase: 'LOT_PHASE_CLOSED', ...view });
  const passed = closed({ outcome: 'LOT_OUTCOME_PASSED_BY_CLERK', price: '4000', leader: 102, bids: 22, lastBid: 22 });
  assert.deepEqual([t(priceName(passed)), t(leaderName(passed))], ['Highest bid', 'Highest bid: paddle']);
  const fallen = closed({ outcome: 'LOT_OUTCOME_KNOCKED_DOWN', price: '4000', leader: 102, lastBid: 22 });
  assert.deepEqual([t(priceName(fallen)), t(leaderName(fallen))], ['Knocked down at', 'Knocked down to paddle']);
  assert.equal(t(noBidName(closed({ lastBid: 3 }))), 'No bid stands');
  assert.equal(t(noBidName(closed({}))), 'No bid was submitted');
  assert.equal(t(noBidName(lotOf({ phase: 'LOT_PHASE_OPEN' }))), 'No bids yet');
});

test('an act names the lot as it was shown, and a preview tells what it leads to', () => {
  assert.deepEqual(seenOf(lotOf({ lot: 1, lastBid: 22, leader: 102, price: '4000' })), { bid: 22, leader: 102, price: '4000' });
  assert.deepEqual(seenOf(lotOf({ lot: 1 })), { bid: 0, leader: 0, price: '0' });
  const told = previewOf({ lots: [{ lot: 1, before: { leader: 2, price: '900' }, after: { ask: '800', offer: { paddle: 1, price: '700' } }, leadsTo: { leader: 1, price: '700' } }] });
  assert.deepEqual(told.lots[0].leadsTo, { leader: 1, price: 700n });
  assert.deepEqual([told.lots[0].before.leader, told.lots[0].after.leader, told.lots[0].after.offer?.price], [2, 0, 700n]);
  assert.deepEqual(previewOf({}).lots, []);
});

test('what has come in place of what was seen is told with its figures', () => {
  const figures = [{ name: 'price', value: '110000' }, { name: 'bid', value: '23' }, { name: 'paddle', value: '11' }];
  const refused = say('hammerLot', { lot: 1 }, { kind: 'answer', answer: { verdict: 'VERDICT_REFUSED', code: 'bid-has-come', figures } });
  assert.match(refused, /paddle 11, price EGP 1,100, bid 23/);
});

test('a moment says its weekday and its zone', () => {
  const [noon, winter] = [1_782_907_200_000_000, 1_796_144_940_000_000];
  assert.equal(plain(moment(noon, 'Africa/Cairo')), 'Wednesday 1 July 2026, 15:00 Cairo time (UTC+3)');
  assert.equal(plain(moment(winter + 37e6, 'Africa/Cairo')), 'Tuesday 1 December 2026, 19:09:37 Cairo time (UTC+2)');
  assert.equal(plain(moment(winter, 'Asia/Kolkata')), 'Tuesday 1 December 2026, 22:39 Kolkata time (UTC+5:30)');
  assert.equal(plain(moment(winter, 'America/New_York')), 'Tuesday 1 December 2026, 12:09 New York time (UTC-5)');
  assert.equal(hour(winter, 'Africa/Cairo'), '19:09:00');
  assert.equal(plain(zoneOfTimes(noon, 'Africa/Cairo')), 'Times: Cairo time (UTC+3)');
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  assert.equal(ownMoment(noon, aheadOf(noon, own)), '', 'the own clock shows the same');
  assert.match(plain(ownMoment(noon, aheadOf(noon, own) + 60)), /^Your time: \d\d:\d\d /);
  assert.match(plain(ownMoment(noon, aheadOf(noon, own) + 1440)), /^Your time: \w+day \d/);
});

test('a phone with old data of zones shows the hour that the server said', () => {
  const noon = Date.UTC(2027, 2, 1, 9) * 1000;
  const [zone, later] = ['Asia/Riyadh', noon + 5 * 60e6];
  assert.equal(aheadBy(later, zone, null), 180);
  assert.equal(aheadBy(later, zone, { at: noon, ahead: 180 }), 180);
  assert.equal(aheadBy(later, zone, { at: noon, ahead: 240 }), 240, 'the data of the device are old');
  assert.equal(moment(later, zone, 'en', 180), moment(later, zone, 'en'));
  assert.match(plain(moment(later, zone, 'en', 240)), /Monday.* 1 March 2027.* 13:05 .*Riyadh.*UTC\+4/);
  assert.match(plain(moment(noon, 'No/Such_City', 'en', 240)), /13:00 .*Such City.*UTC\+4/);
});

test('a zone that is not known is shown as UTC', () => {
  const noon = 1_782_907_200_000_000;
  assert.match(moment(noon, 'Cairo'), /12:00/);
  assert.match(moment(noon, ''), /12:00/);
});

test('quantities count in their unit', () => {
  const counted = (milli, unit) => plain(quantity(milli, unit));
  assert.equal(counted(1000, 'year'), '1 year');
  assert.equal(counted(3000, 'year'), '3 years');
  assert.equal(counted(12_500, 'tonne'), '12.5 tonnes');
  assert.equal(counted(1500, 'box'), '1.5 box');
});

test('a price for each unit is told times the quantity, rounded once', () => {
  const terms = (/** @type {string} */ unit, /** @type {string} */ quantityMilli) => ({ unit, quantityMilli });
  assert.equal(wholePrice(2_150_000n, terms('tonne', '18500')), 39_775_000n);
  assert.equal(wholePrice(1n, terms('tonne', '500')), 1n);
  assert.equal(wholePrice(1n, terms('tonne', '499')), 0n);
  assert.equal(wholePrice(2n ** 63n - 1n, terms('tonne', '1001')), undefined);
  assert.equal(plain(wholeText(2_150_000n, terms('tonne', '18500'), 'EGP')), 'Price times 18.5 tonnes: EGP 397,750');
  for (const [unit, quantity] of [['', '3000'], ['tonne', '0'], ['tonne', '']]) assert.equal(wholeText(5n, terms(unit, quantity), 'EGP'), '');
  assert.equal(wholeText(5n, undefined, 'EGP'), '');
});

test('prices for different units are never added up', () => {
  const lot = (/** @type {string} */ unit, /** @type {string} */ quantityMilli, /** @type {bigint} */ price) => ({ price, terms: { unit, quantityMilli } });
  const totals = soldTotals([
    lot('tonne', '18500', 1_000_010n), lot('', '0', 1_000_000n), lot('tonne', '5', 1_000_100n), lot('year', '3000', 1_000_000n),
    lot('box', '2000', 1_000_000n), lot('box', '0', 1_000_000n), { price: 7n, terms: {} },
  ]);
  assert.deepEqual(totals, [
    { unit: '', lots: 2, price: 1_000_007n, whole: undefined },
    { unit: 'box', lots: 2, price: 2_000_000n, whole: undefined },
    { unit: 'tonne', lots: 2, price: 2_000_110n, whole: 18_505_186n },
    { unit: 'year', lots: 1, price: 1_000_000n, whole: 3_000_000n },
  ]);
  assert.deepEqual(totals.map((total) => plain(totalText(total, 'EGP'))), [
    'Knocked down at a price for the whole lot: 2 lots, EGP 10,000.07',
    'Knocked down by the box, prices for one box: 2 lots, EGP 20,000',
    'Knocked down by the tonne, price times quantity: 2 lots, EGP 185,051.86',
    'Knocked down by the year, price times quantity: 1 lot, EGP 30,000',
  ]);
});

test('the terms say how far late bids and the reserve go', () => {
  const soft = { window: '120000000', extension: '60000000', extensionsMax: 2, hardStop: '1782910800000000' };
  const terms = { running: { timed: { softClose: soft, group: 1 } }, english: { reserve: {} } };
  const rules = endRules({ timeZone: 'Africa/Cairo', reserveLift: true }, terms).map(plain);
  assert.equal(rules.length, 6);
  assert.match(rules[0], /changes the leader in the last 2 minutes.*no earlier than 1 minute after it/);
  assert.match(rules[1], /at most twice/);
  assert.match(rules[2], /16:00/);
  assert.deepEqual(endRules({}, { running: { clerked: {} }, english: {} }), []);
});

test('a lot without an hour opens in its turn', () => {
  const lot = { phase: 'UPCOMING', opensAt: 0 };
  assert.deepEqual(timeOf(lot, null, { now: () => 0 }), { label: 'Opens', value: 'when its turn comes', urgent: false });
  assert.equal(timeOf({ ...lot, opensAt: 61e6 }, null, { now: () => 0 }).value, '01:01');
});

test('a history is read whole or not at all', async () => {
  /** @type {string[]} */
  const asked = [];
  const pages = (/** @type {Record<string, any>} */ known) => async (/** @type {string} */ path) => {
    asked.push(path);
    const page = known[path.split('after=')[1] ?? ''];
    return { ok: Boolean(page), status: page ? 200 : 503, text: async () => JSON.stringify(page ?? { code: 'busy' }) };
  };
  const first = { events: [{ revision: '1' }], next: '1' };
  await withFetch(pages({ '': first, 1: { events: [{ revision: '2' }] } }), async () => {
    assert.deepEqual((await history('s', 3)).map(({ revision }) => revision), ['1', '2']);
    assert.equal(asked[1], '/api/sales/s/lots/3/history?after=1');
  });
  await withFetch(pages({ '': first }), async () => assert.equal(await history('s', 3), null, 'its second page failed'));
  await withFetch(pages({ '': first, 1: first }), async () => assert.equal(await history('s', 3), null, 'it never ended'));
});

test('a form amends what was changed in it and nothing else', async () => {
  const { amendmentOf, momentOf, wallOf } = await load('amend-form.js');
  const zone = 'Africa/Cairo';
  const sale = { zone, currency: 'EGP' };
  const opens = Date.UTC(2027, 2, 1, 8, 0, 30) * 1000;
  const terms = {
    title: { ar: 'كشك', en: 'Kiosk' }, estimateLow: '500', estimateHigh: '500', ceiling: '90000',
    running: { timed: { opensAt: String(opens), closesAt: String(opens + 6e8), group: 3 } },
    english: { opening: '450', increments: { bands: [{ step: '50' }] }, reserve: { commitment: 'x' } },
  };
  const stands = {
    titleAr: 'كشك', titleEn: 'Kiosk', opening: '4.50', estimateLow: '5', estimateHigh: '5', ceiling: '900',
    opensAt: wallOf(opens, zone), closesAt: wallOf(opens + 6e8, zone),
  };
  const asked = (changed) => amendmentOf(terms, (name) => ({ ...stands, ...changed })[name] ?? '', sale);
  const same = asked({}).terms;
  assert.equal(same.running.timed.opensAt, String(opens), 'its seconds stay');
  assert.equal(same.english.reserve, undefined, 'a base is said beside the terms');
  assert.deepEqual(same.english.increments, terms.english.increments);

  const other = asked({ opening: '45', opensAt: '2027-03-01T12:00', reserve: '60' });
  assert.equal(other.terms.english.opening, '4500');
  assert.equal(other.terms.running.timed.opensAt, String(Date.UTC(2027, 2, 1, 10) * 1000));
  assert.equal(other.terms.running.timed.group, 3);
  assert.equal(other.reserve, '6000');
  assert.equal(asked({ noReserve: 'yes' }).noReserve, true);
  assert.ok(asked({ noReserve: 'yes', reserve: '60' }).problem);
  assert.ok(asked({ opening: '1,5' }).problem);
  assert.ok(asked({ opensAt: '' }).problem);
  // Summer time, which is three hours ahead of UTC there.
  assert.equal(momentOf('2027-07-01T12:00', zone), Date.UTC(2027, 6, 1, 9) * 1000);
});
