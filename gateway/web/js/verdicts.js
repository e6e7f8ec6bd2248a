// What came back to each command, in a sentence.

import { key, said, t, has } from './l10n.js';
import { money, number } from './money.js';
import { big } from './wire.js';

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
