// Where this bidder stands in a lot, and what came back to each bid.

import { key, said, t, has } from './l10n.js';
import { money, number } from './money.js';
import { big } from './wire.js';

/** @typedef {import('./wire.js').Lot} Lot */
/** @typedef {'leading' | 'outbid' | 'unled' | 'won' | 'lost' | 'none'} Standing */

export const STANDING = {
  leading: { text: key('own-leading'), tone: 'is-good', icon: 'leading' },
  outbid: { text: key('own-outbid'), tone: 'is-bad', icon: 'outbid' },
  unled: { text: key('own-unled'), tone: 'is-quiet', icon: 'none' },
  won: { text: key('own-won'), tone: 'is-good', icon: 'won' },
  lost: { text: key('own-lost'), tone: 'is-quiet', icon: 'lost' },
  none: { text: key('own-none'), tone: 'is-quiet', icon: 'none' },
};
/** In place of any of them while the line is not sure. */
export const UNSURE = { text: key('own-unsure'), tone: 'is-quiet', icon: 'line' };

/**
 * @param {Lot} lot
 * @param {number} paddle
 * @param {import('./wire.js').Mine | null} mine
 * @returns {Standing}
 */
export function standing(lot, paddle, mine) {
  const leads = paddle > 0 && lot.leader === paddle;
  const bid = mine?.maxima.has(lot.lot) ?? false;
  if (lot.phase === 'CLOSED') {
    if (leads && lot.outcome === 'KNOCKED_DOWN') return 'won';
    return bid ? 'lost' : 'none';
  }
  if (leads) return 'leading';
  if (!bid || lot.phase !== 'OPEN') return 'none';
  // After a void, and in a new attempt, own bids do not stand, and nobody else's need to.
  return lot.leader > 0 ? 'outbid' : 'unled';
}

/** Why the button waits; empty when it may be pressed. @param {import('./bidder.js').Room} room @param {Lot} lot */
export function waitsFor(room, lot) {
  const board = room.live.picture.board.value;
  if (!room.live.isLive) return t('button-line');
  if (board?.phase === 'DRAFT') return t('sale-draft');
  if (board?.phase === 'ANNOUNCED') return t('sale-announced');
  if (board?.phase === 'PAUSED') return t('sale-paused');
  if (board?.phase === 'ENDED') return t('sale-ended');
  if (lot.phase === 'UPCOMING') return t('button-upcoming');
  if (lot.phase === 'CLOSED') return t('button-closed');
  return '';
}

/** What of this kind is on its way for a lot. @param {import('./bidder.js').Room} room @param {string} act @param {Lot} lot */
export const onTheWay = (room, act, lot) =>
  room.live.commands.pending.value.find((item) => item.act === act && item.body.lot === lot.lot);

/** What came of the last bid on a lot. "You lead" is not left standing once it is no longer so. @param {import('./bidder.js').Room} room @param {Lot} lot */
export function noteOf(room, lot) {
  const note = room.notes.value.get(lot.lot);
  const leads = standing(lot, room.paddle.value, room.live.picture.mine.value) === 'leading';
  return !note || (note.leads && !leads) ? null : note;
}

/** @param {any} answer @param {string} name */
export const figureOf = (answer, name) =>
  big((answer.figures ?? []).find((/** @type {any} */ figure) => figure.name === name)?.value);

/**
 * One sentence for a refusal, with its figures in the reader's digits. A code that is younger than this
 * page comes with the server's sentence.
 * @param {any} answer
 * @param {string} currency
 * @param {boolean} [floor] a clerk asked for a bid of the hall: it is not the reader's own
 */
export function refusal(answer, currency, floor = false) {
  const own = `refusal-${answer.code}`;
  const name = floor && has(`floor-${own}`) ? `floor-${own}` : own;
  if (!has(name)) return said(answer.message) || t('refusal-other', { code: answer.code ?? '' });
  const figures = new Map((answer.figures ?? []).map((/** @type {any} */ figure) => [figure.name, figure.value ?? 0]));
  const shown = (/** @type {string} */ word) => (figures.has(word) ? money(big(figures.get(word)), currency) : '\u2014');
  const counted = (/** @type {string} */ word) => (figures.has(word) ? number(big(figures.get(word))) : '\u2014');
  return t(name, {
    ...Object.fromEntries(['amount', 'ask', 'price', 'maximum', 'limit', 'missing', 'exposure', 'ceiling'].map((word) => [word, shown(word)])),
    ...Object.fromEntries(['bid', 'paddle', 'bound', 'lot'].map((word) => [word, counted(word)])),
  });
}

/** What to say when an act came to nothing on its way, or was accepted, by act. */
const LOST = { placeBid: key('bid-lost'), floorBid: key('floor-lost') };
const OUTBID = { placeBid: key('bid-outbid'), floorBid: key('floor-outbid'), confirmFloorBid: key('confirmed-outbid') };
const LEADING = {
  placeBid: key('bid-leading'), floorBid: key('floor-leading'), confirmFloorBid: key('confirmed-leading'), reaffirm: key('reaffirm-leading'),
};

/**
 * What to say about a command that was answered. An amount is said only where the command or its answer
 * has one.
 * @param {import('./commands.js').Entry} entry
 * @param {string} currency
 * @param {boolean} [twoOfficers] the sale's terms ask for two officers to void a bid
 * @returns {{tone: string, icon: string, text: string, leads?: boolean}}
 */
export function verdict(entry, currency, twoOfficers = false) {
  const { act, result, body } = entry;
  const pick = (/** @type {Record<string, string>} */ texts) => texts[act] ?? '';
  if (result.kind === 'lost') {
    const values = { paddle: number(body.paddle ?? 0), amount: money(big(body.amount), currency) };
    return { tone: 'is-bad', icon: 'lost', text: t(pick(LOST) || key('act-lost'), values) };
  }
  if (result.kind === 'fault') {
    const text = said(result.fault?.message) || t('fault-other', { code: result.fault?.code ?? '' });
    return { tone: 'is-bad', icon: 'lost', text };
  }
  const answer = result.answer;
  const floor = act === 'floorBid' || act === 'confirmFloorBid';
  if (answer.verdict === 'VERDICT_REFUSED') return { tone: 'is-bad', icon: 'lost', text: refusal(answer, currency, floor) };
  const values = {
    // Who confirms a bid of the hall names no paddle: if it leads, it is the leader's.
    paddle: number(body.paddle ?? answer.leader ?? 0), amount: money(big(body.amount), currency),
    price: money(big(answer.price), currency), ask: money(big(answer.ask), currency),
  };
  const done = t('act-done');
  switch (answer.result) {
    case 'BID_RESULT_OUTBID': return { tone: 'is-bad', icon: 'outbid', text: t(pick(OUTBID), values) || done };
    case 'BID_RESULT_MAXIMUM_MOVED': return { tone: 'is-good', icon: 'won', text: t('bid-maximum-moved', values), leads: true };
    case 'BID_RESULT_LEADING': return { tone: 'is-good', icon: 'won', text: t(pick(LEADING), values) || done, leads: true };
    case 'BID_RESULT_HELD': return { tone: 'is-warn', icon: 'clock', text: t('floor-held', values) };
    // The answer is the same for the first officer and for the second.
    default: return act === 'voidBid' && twoOfficers ? { tone: 'is-warn', icon: 'clock', text: t('void-by-two') } : { tone: 'is-good', icon: 'won', text: done };
  }
}
