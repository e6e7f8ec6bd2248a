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
    if (leads && lot.outcome === 'SOLD') return 'won';
    return bid ? 'lost' : 'none';
  }
  if (leads) return 'leading';
  if (!bid || lot.phase !== 'OPEN') return 'none';
  // After a void, and in a new attempt, own bids do not stand, and nobody else's need to.
  return lot.leader > 0 ? 'outbid' : 'unled';
}

/** @param {any} answer @param {string} name */
export const figureOf = (answer, name) =>
  big((answer.figures ?? []).find((/** @type {any} */ figure) => figure.name === name)?.value);

/**
 * One sentence for a refusal: ours from its figures where a bidder meets it often, else the server's.
 * @param {any} answer
 * @param {string} currency
 */
export function refusal(answer, currency) {
  const name = `refusal-${answer.code}`;
  if (!has(name)) return said(answer.message) || t('refusal-other', { code: answer.code ?? '' });
  /** @type {Record<string, string>} */
  const figures = {};
  for (const word of ['amount', 'ask', 'price', 'maximum', 'limit', 'exposure', 'missing', 'bound']) {
    figures[word] = money(figureOf(answer, word), currency);
  }
  return t(name, figures);
}

/**
 * What to say about a bid that was answered.
 * @param {import('./commands.js').Entry} entry
 * @param {string} currency
 * @returns {{tone: string, icon: string, text: string, leads?: boolean}}
 */
export function verdict(entry, currency) {
  const { result, body } = entry;
  const amount = money(big(body.amount), currency);
  if (result.kind === 'lost') return { tone: 'is-bad', icon: 'lost', text: t('bid-lost', { amount }) };
  if (result.kind === 'fault') {
    const text = said(result.fault?.message) || t('fault-other', { code: result.fault?.code ?? '' });
    return { tone: 'is-bad', icon: 'lost', text };
  }
  const answer = result.answer;
  if (answer.verdict === 'VERDICT_REFUSED') return { tone: 'is-bad', icon: 'lost', text: refusal(answer, currency) };
  const floor = entry.act === 'floorBid';
  const values = { paddle: number(body.paddle ?? 0), amount, price: money(big(answer.price), currency), ask: money(big(answer.ask), currency) };
  if (answer.result === 'BID_RESULT_OUTBID') return { tone: 'is-bad', icon: 'outbid', text: t(floor ? key('floor-outbid') : key('bid-outbid'), values) };
  if (answer.result === 'BID_RESULT_MAXIMUM_MOVED') return { tone: 'is-good', icon: 'won', text: t('bid-maximum-moved', values) };
  if (answer.result === 'BID_RESULT_LEADING') return { tone: 'is-good', icon: 'won', text: t(floor ? key('floor-leading') : key('bid-leading'), values), leads: true };
  return { tone: 'is-good', icon: 'won', text: t('act-done') };
}
