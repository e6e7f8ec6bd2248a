// Parts that every room shares: icons, amounts, the remaining time, the line banner, announcements.

import { html } from '../vendor/htm-preact.js';
import { computed, effect, signal, untracked } from '../vendor/signals.js';
import { base, digits, lang } from './env.js';
import { key, said, t } from './l10n.js';
import { figure, localDigits, money, number } from './money.js';
import { aheadOf, moment, ownMoment } from './moments.js';

/** @typedef {import('./wire.js').Lot} Lot */

/** @param {{name: string, turns?: boolean}} props */
export function Icon({ name, turns = false }) {
  return html`<svg class=${turns ? 'icon icon-turns' : 'icon'} aria-hidden="true"><use href="${base}/icons.svg#${name}"></use></svg>`;
}

/** About how wide an amount is in its own type: digits, separators, and a currency in smaller letters. @param {string} amount @param {string} name */
const widthOf = (amount, name) => [...amount].reduce((all, sign) => all + (/[0-9\u0660-\u0669]/.test(sign) ? 0.64 : 0.36), 0.3 + name.length * 0.45);

/**
 * An amount with its currency: the figure first in Arabic, last in English. The style sheet makes it
 * smaller where its place is too narrow; it is never cut off.
 * @param {{minor: bigint, currency: string, language?: 'ar' | 'en'}} props
 */
export function Money({ minor, currency, language = lang }) {
  const system = language === 'en' ? 'latn' : digits;
  const [written, called] = [figure(minor, currency, system), t('currency', { currency }, language)];
  const name = html`<span class="currency">${called}</span>`;
  const amount = html`<bdi class="figure">${written}</bdi>`;
  return html`<span class="money" lang=${language} style=${{ '--ems': widthOf(written, called) }}>${language === 'ar' ? [amount, '\u00a0', name] : [name, '\u00a0', amount]}</span>`;
}

/** @param {{paddle: number}} props */
export const Paddle = ({ paddle }) => html`<bdi class="figure">${number(paddle)}</bdi>`;

/** Counts on four times a second; whoever reads it is drawn again. */
export const beat = signal(0);
setInterval(() => { if (!document.hidden) beat.value += 1; }, 250);

/**
 * Microseconds until a moment of the engine's clock; undefined while that clock is unknown.
 * @param {import('./clock.js').Clock} clock
 * @param {number} moment
 */
export function until(clock, moment) {
  void beat.value;
  const now = clock.now();
  return now === undefined ? undefined : Math.max(0, moment - now);
}

/**
 * A span as people read a clock: 1:02:03, 02:03; days in words.
 * @param {number} micros
 * @param {'arab' | 'latn'} [system]
 * @param {'ar' | 'en'} [language]
 */
export function span(micros, system = digits, language = lang) {
  const all = Math.ceil(micros / 1e6);
  const [days, hours, minutes, seconds] = [Math.floor(all / 86400), Math.floor(all / 3600) % 24, Math.floor(all / 60) % 60, all % 60];
  const two = (/** @type {number} */ value) => String(value).padStart(2, '0');
  const clock = hours || days ? `${hours}:${two(minutes)}:${two(seconds)}` : `${two(minutes)}:${two(seconds)}`;
  const local = localDigits(clock, system);
  return days ? `${t('days', { count: days, shown: number(days, system) }, language)} ${local}` : local;
}

/**
 * How much time is left of a lot, as words for the place where it stands.
 * @param {Lot} lot
 * @param {import('./wire.js').Board | null} board
 * @param {import('./clock.js').Clock} clock
 * @returns {{label: string, value: string, urgent: boolean}}
 */
export function timeOf(lot, board, clock, /** @type {'ar' | 'en'} */ language = lang) {
  const system = language === 'en' ? 'latn' : digits;
  const say = (/** @type {string} */ name) => t(name, undefined, language);
  if (lot.phase === 'CLOSED') return { label: say('time-ended'), value: '', urgent: false };
  if (lot.phase === 'UPCOMING') {
    // By hand, or some time after the lot before it.
    if (!lot.opensAt) return { label: say('time-opening'), value: say('time-in-turn'), urgent: false };
    const wait = until(clock, lot.opensAt);
    return { label: say('time-opens'), value: wait === undefined ? '…' : span(wait, system, language), urgent: false };
  }
  if (board?.phase === 'PAUSED') {
    if (!lot.remains) return { label: say('time-left'), value: say('time-stopped'), urgent: false };
    return { label: say('time-paused'), value: span(lot.remains, system, language), urgent: false };
  }
  if (!lot.endsAt) return { label: say('time-left'), value: say('time-until-hammer'), urgent: lot.warnings > 0 };
  const rest = until(clock, lot.endsAt);
  if (rest === undefined) return { label: say('time-left'), value: '…', urgent: false };
  if (rest === 0) return { label: say('time-left'), value: say('time-closing'), urgent: true };
  return { label: say('time-left'), value: span(rest, system, language), urgent: rest < 30e6 };
}

/**
 * When a lot opens or ends: its name, and a moment or else words; null once it has ended.
 * @param {Lot} lot
 * @param {import('./wire.js').Board | null} board
 * @returns {{name: string, at: number, words: string} | null}
 */
export function whenOf(lot, board) {
  if (lot.phase === 'CLOSED') return null;
  if (lot.phase === 'UPCOMING') return { name: key('time-opening'), at: lot.opensAt, words: key('time-in-turn') };
  // While the sale is paused its end moves on.
  if (board?.phase === 'PAUSED' && lot.remains) return { name: key('time-ends-at'), at: 0, words: key('time-stopped') };
  return lot.endsAt ? { name: key('time-ends-at'), at: lot.endsAt, words: '' } : { name: key('fact-method'), at: 0, words: key('method-clerked') };
}

/** The same with date and zone, beside the time that is left; and on the reader's own clock where it differs. @param {{lot: Lot, board: import('./wire.js').Board | null, zone: string}} props */
export function When({ lot, board, zone }) {
  const when = whenOf(lot, board);
  // Without a moment the time that is left says it.
  if (!when || (when.at === 0 && board?.phase !== 'PAUSED')) return null;
  const own = when.at > 0 ? ownMoment(when.at, aheadOf(when.at, zone)) : '';
  return html`<p class="when small"><span class="soft">${t(when.name)}</span> <bdi>${when.at > 0 ? moment(when.at, zone) : t(when.words)}</bdi>${own && html` <span class="soft own-moment">${own}</span>`}</p>`;
}

const LINE_TEXT = {
  connecting: key('line-connecting'),
  stale: key('line-stale'),
  cut: key('line-cut'),
  stopped: key('line-stopped'),
};
const STOP_TEXT = { bye: key('line-stopped'), policy: key('line-refused'), session: key('line-session'), devices: key('line-devices') };

/**
 * What to say of the line; null while what is on screen is sure.
 * @param {import('./live.js').Live} live
 */
export function lineSaid(live) {
  const { state, why } = live.line.value;
  const fault = live.fault.value;
  if (fault && (state === 'live' || state === 'connecting')) {
    return { text: said(fault.message) || t('fault-other', { code: fault.code ?? '' }), tone: 'is-warn' };
  }
  if (state === 'live') return null;
  if (state === 'stopped') return { text: t(STOP_TEXT[/** @type {keyof typeof STOP_TEXT} */ (why)] ?? key('line-stopped')), tone: 'is-bad' };
  return { text: why === 'halted' ? t('line-halted') : t(LINE_TEXT[state]), tone: state === 'connecting' ? 'is-info' : 'is-warn' };
}

/** Greys what was told by a line that is not sure any more. @param {import('./live.js').Live} live */
export function showDoubt(live) {
  effect(() => { document.documentElement.toggleAttribute('data-unsure', !['live', 'connecting'].includes(live.line.value.state)); });
}

/**
 * Says at once when what is on screen may be old.
 * @param {{live: import('./live.js').Live}} props
 */
export function LineBand({ live }) {
  const line = lineSaid(live);
  return line && html`<div class="band band-line ${line.tone}" role="status"><${Icon} name="line" /> ${line.text}</div>`;
}

/**
 * @param {{name: string, tone: string, children?: any}} props
 */
export const Pill = ({ name, tone, children }) =>
  html`<span class="pill ${tone}"><${Icon} name=${name} />${children}</span>`;

/** R12: as the law names them: none of them is a contract. */
const OUTCOME = {
  KNOCKED_DOWN: { text: key('outcome-knocked-down'), tone: 'is-good', icon: 'hammer' },
  NO_BID: { text: key('outcome-no-bid'), tone: 'is-quiet', icon: 'none' },
  BELOW_BASE: { text: key('outcome-below-base'), tone: 'is-quiet', icon: 'none' },
  PASSED_BY_CLERK: { text: key('outcome-passed'), tone: 'is-quiet', icon: 'none' },
  LAPSED: { text: key('outcome-lapsed'), tone: 'is-quiet', icon: 'none' },
  WITHDRAWN: { text: key('outcome-withdrawn'), tone: 'is-quiet', icon: 'lost' },
  FOR_DECISION: { text: key('outcome-for-decision'), tone: 'is-warn', icon: 'warning' },
};
/** Why the committee decides. */
const DECISION = {
  LEADER_BARRED: key('decision-leader-barred'),
  WINNER_STRUCK_OUT: key('decision-winner-struck-out'),
  PRICE_DIFFERS: key('decision-price-differs'),
};

/** Why a lot is for decision, with the standing without its void bids; nothing for any other. @param {{lot: Lot, currency: string}} props */
export function Decision({ lot, currency }) {
  const why = DECISION[/** @type {keyof typeof DECISION} */ (lot.decision)];
  if (!why) return null;
  const { reckoned } = lot;
  return html`<p class="notice is-warn"><${Icon} name="warning" /><span>${t(why)}
    ${reckoned && reckoned.leader > 0 && html` ${t('decision-reckoned', { paddle: number(reckoned.leader), price: money(reckoned.price, currency) })}`}</span></p>`;
}

/** What the amount of a lot is, in the words of its place. @param {Lot} lot @returns {string} */
export const priceName = (lot) => {
  if (lot.price === 0n) return key('price-opening');
  if (lot.phase !== 'CLOSED') return key('price-now');
  return lot.outcome === 'KNOCKED_DOWN' ? key('price-final') : key('price-highest');
};
/** @param {Lot} lot */
export const priceLabel = (lot) => t(priceName(lot));

/** What stands where a price would, of a lot without one: that no bid was made is said only where none was. @param {Lot} lot @returns {string} */
export const noBidName = (lot) => {
  if (lot.lastBid > 0) return key('no-bid-stands');
  return lot.phase === 'CLOSED' ? key('no-bid-made') : key('no-bid-yet');
};

/** What the leader of a lot is: of a lot that ended otherwise than knocked down, who bid most. @param {Lot} lot @returns {string} */
export const leaderName = (lot) => {
  if (lot.phase !== 'CLOSED') return key('leads');
  return lot.outcome === 'KNOCKED_DOWN' ? key('bought-by') : key('bid-most');
};
/** @param {Lot} lot */
export const leaderLabel = (lot) => t(leaderName(lot));

/**
 * The lamp of a lot: one ladder of states, named once.
 * @param {import('./wire.js').Standing} lot
 * @param {import('./wire.js').Board | null} board
 */
export function lampOf(lot, board) {
  if (lot.phase === 'CLOSED') {
    return OUTCOME[/** @type {keyof typeof OUTCOME} */ (lot.outcome)] ?? { text: key('lot-closed'), tone: 'is-quiet', icon: 'none' };
  }
  if (lot.phase === 'UPCOMING') return { text: key('lot-upcoming'), tone: 'is-info', icon: 'clock' };
  if (board?.phase === 'PAUSED') return { text: key('sale-paused'), tone: 'is-warn', icon: 'paused' };
  if (lot.warnings >= 2) return { text: key('lot-warned-twice'), tone: 'is-warn', icon: 'warning' };
  if (lot.warnings === 1) return { text: key('lot-warned-once'), tone: 'is-warn', icon: 'warning' };
  return { text: key('lot-open'), tone: 'is-good', icon: 'web' };
}

const SALE = {
  DRAFT: { text: key('sale-draft'), tone: 'is-info', icon: 'clock' },
  ANNOUNCED: { text: key('sale-announced'), tone: 'is-info', icon: 'clock' },
  OPEN: { text: key('sale-open'), tone: 'is-good', icon: 'web' },
  PAUSED: { text: key('sale-paused'), tone: 'is-warn', icon: 'paused' },
  ENDED: { text: key('sale-ended'), tone: 'is-quiet', icon: 'hammer' },
};

/** The lamp of the sale. @param {import('./wire.js').Board} board */
export const saleLampOf = (board) => SALE[board.phase];

/** What a pause that the engine makes is called, by its cause. @type {Record<string, string>} */
export const PAUSED_BY = { OUTAGE: key('sale-paused-outage'), CLOCK: key('sale-paused-clock') };

/**
 * Why the sale is paused: the clerk's words, or of a pause of the engine's own a text by its cause.
 * @param {import('./wire.js').Board | null} board
 * @param {'ar' | 'en'} [language]
 */
export const pauseNote = (board, language = lang) =>
  (PAUSED_BY[board?.pauseCause] ? t(PAUSED_BY[board.pauseCause], {}, language) : board?.pauseReason ?? '');

/** @param {{lot: Lot, board: import('./wire.js').Board | null}} props */
export function Lamp({ lot, board }) {
  const lamp = lampOf(lot, board);
  return html`<${Pill} name=${lamp.icon} tone=${lamp.tone}>${t(lamp.text)}</${Pill}>`;
}

/** A title as its seller wrote it. @param {{of: any, language?: 'ar' | 'en'}} props */
export const Title = ({ of, language = lang }) => html`<bdi dir="auto">${said(of, language)}</bdi>`;

/** What waits to be said: what is said in one breath is heard whole. @type {Map<string, string[]>} */
const unsaid = new Map();

/**
 * Says something to a screen reader. Assertive is for outbid, a warning, won, and a line that is gone.
 * @param {string} text
 * @param {'polite' | 'assertive'} [level]
 */
export function announce(text, level = 'polite') {
  const region = document.getElementById(`say-${level}`);
  if (!region) return;
  const waiting = unsaid.get(level);
  if (waiting) return void waiting.push(text);
  unsaid.set(level, [text]);
  region.textContent = '';
  setTimeout(() => {
    region.textContent = (unsaid.get(level) ?? []).join(' ');
    unsaid.delete(level);
  }, 40);
}

/**
 * Runs when a computed value changes, not when it is first known.
 * @template T
 * @param {() => T} read
 * @param {(now: T, before: T) => void} act
 */
export function onChange(read, act) {
  const value = computed(read);
  let before = /** @type {T | undefined} */ (undefined);
  return effect(() => {
    const now = value.value;
    const earlier = before;
    before = now;
    if (earlier !== undefined && now !== earlier) untracked(() => act(now, /** @type {T} */ (earlier)));
  });
}
