// Public pages work without this module. With it, prices and states of the lots on the page are live.

import { computed, effect } from '../vendor/signals-core.js';
import { run } from './boot.js';
import { base, lang } from './env.js';
import { SOON_MS, ask } from './http.js';
import { loadTexts, t } from './l10n.js';
import { Live } from './live.js';
import { aheadBy, moment, ownMoment } from './moments.js';
import { money, number, wholeDigits } from './money.js';
import { wholeText } from './terms.js';
import { beat, lampOf, lineSaid, priceLabel, saleLampOf, showDoubt, span, timeOf, whenOf } from './ui.js';
import { big } from './wire.js';

/** Within this time a crowd of readers spreads. */
const SPREAD_MS = 2_000;

const scope = /** @type {HTMLElement | null} */ (document.querySelector('[data-live-sale]'));

/** @param {Element} place @param {{text: string, tone: string, icon: string}} lamp */
function putLamp(place, lamp) {
  const text = t(lamp.text);
  if (place.getAttribute('data-shown') === text) return;
  place.setAttribute('data-shown', text);
  place.className = `pill ${lamp.tone}`;
  const icon = place.querySelector('svg');
  icon?.querySelector('use')?.setAttribute('href', `${base}/icons.svg#${lamp.icon}`);
  place.replaceChildren(...(icon ? [icon] : []), text);
}

/** @param {Element} place @param {string} text */
function put(place, text) {
  if (place.textContent === text) return;
  place.textContent = text;
}

/** A moment, and behind it the reader's own hour where that differs. The one that came with the page stays. @param {Element} place @param {number} micros @param {string} zone */
function putMoment(place, micros, zone) {
  if (place.getAttribute('data-at') === String(micros)) return;
  place.setAttribute('data-at', String(micros));
  const time = /** @type {HTMLTimeElement | null} */ (place.querySelector('time[data-ahead]'));
  const told = time && { at: Date.parse(time.dateTime) * 1000, ahead: Number(time.getAttribute('data-ahead')) };
  if (told && Math.floor(told.at / 1000) === Math.floor(micros / 1000)) return;
  const ahead = aheadBy(micros, zone, told);
  const target = time ?? place;
  target.textContent = moment(micros, zone, lang, ahead);
  if (time) {
    time.dateTime = new Date(micros / 1000).toISOString();
    time.setAttribute('data-ahead', String(ahead));
  }
  putOwn(target, micros, ahead);
}

/** @param {Element} place @param {number} micros @param {number} ahead of what is shown, in minutes */
function putOwn(place, micros, ahead) {
  const own = ownMoment(micros, ahead);
  if (!own) return;
  const note = document.createElement('span');
  note.className = 'soft own-moment';
  note.textContent = own;
  place.append(' ', note);
}

/** The reader's own hour behind every moment that came with the page, by the clock of the device: the server named its zone. */
function showOwnMoments() {
  for (const place of document.querySelectorAll('time[data-ahead]')) {
    putOwn(place, Date.parse(/** @type {HTMLTimeElement} */ (place).dateTime) * 1000, Number(place.getAttribute('data-ahead')));
  }
}

/** @param {Live} live @param {HTMLElement} card @param {{currency: string, zone: string}} sale */
function follow(live, card, { currency, zone }) {
  const find = (/** @type {string} */ name) => card.querySelector(`[data-live="${name}"]`);
  const [price, whole, label, ask, wholeAsk, bids, lamp, clock, clockLabel, when, whenName, door] =
    ['price', 'whole', 'price-label', 'ask', 'whole-ask', 'bids', 'lamp', 'clock', 'clock-label', 'when', 'when-name', 'door'].map(find);
  const measure = { unit: card.dataset.unit, quantityMilli: card.dataset.quantity };
  const known = live.picture.lot(Number(card.dataset.lot));
  effect(() => {
    const lot = known.value;
    if (!lot) return;
    const none = lot.price === 0n;
    // A lot that is offered again may have another opening; the page is read again for it.
    const shown = !none ? lot.price : isCurrent(card, lot) ? big(card.dataset.opening) : lot.ask;
    if (price) {
      put(price, shown > 0n ? money(shown, currency) : '\u2014');
      price.classList.toggle('is-long', wholeDigits(shown, currency) > 8);
    }
    if (whole) put(whole, wholeText(shown, measure, currency));
    if (label) put(label, priceLabel(lot));
    if (ask) put(ask, lot.phase === 'OPEN' ? money(lot.ask, currency) : '\u2014');
    if (wholeAsk) put(wholeAsk, lot.phase === 'OPEN' ? wholeText(lot.ask, measure, currency) : '');
    if (bids) put(bids, number(lot.bids));
    if (lamp) putLamp(lamp, lampOf(lot, live.picture.board.value));
    door?.toggleAttribute('hidden', lot.phase === 'CLOSED');
    const told = whenOf(lot, live.picture.board.value);
    // When it ended is told with the page, which is read again.
    if (!when || !whenName || !told) return;
    put(whenName, t(told.name));
    if (told.at > 0) putMoment(when, told.at, zone);
    else {
      when.removeAttribute('data-at');
      put(when, t(told.words));
    }
  });
  if (clock) effect(() => {
    const lot = known.value;
    void beat.value;
    if (!lot) return;
    const time = timeOf(lot, live.picture.board.value, live.clock);
    if (clockLabel) put(clockLabel, time.label);
    put(clock, time.value || '\u2014');
  });
}

/** Whether the page of a lot was written before it ended: result, end and opened base are told by the server. @param {HTMLElement} card @param {import('./wire.js').Lot} lot */
const hasEnded = (card, lot) => card.dataset.phase !== undefined && (card.dataset.phase === 'CLOSED') !== (lot.phase === 'CLOSED');

/** Whether the page was written in this attempt of the lot, and at these terms (R14). @param {HTMLElement} card @param {import('./wire.js').Lot} lot */
const isCurrent = (card, lot) => lot.attempt <= Number(card.dataset.attempt ?? 1) && lot.amendments <= Number(card.dataset.amendments ?? 0);

/** R14: whether the sale has been amended since the page was written. @param {import('./wire.js').Board | null} board */
const isAmended = (board) => (board?.amendments ?? 0) > Number(scope?.dataset.amendments ?? 0);

/**
 * A lot that is offered again or was amended has other terms, one that was added has no place on the page, and of one that
 * has ended there is more to tell: the server writes it anew. Readers spread over a moment.
 * @param {Live} live @param {HTMLElement[]} cards
 */
function readAgain(live, cards) {
  const listed = new Set(cards.map((card) => Number(card.dataset.lot)));
  const list = /** @type {HTMLElement | null} */ (document.querySelector('.lot-cards'));
  const isOld = computed(() => live.isLive && (isAmended(live.picture.board.value) || cards.some((card) => {
    const lot = live.picture.lot(Number(card.dataset.lot)).value;
    return lot && (!isCurrent(card, lot) || hasEnded(card, lot));
  }) || (list !== null && hasOthers(list, live.picture.order.value, listed))));
  effect(() => {
    if (!isOld.value) return;
    const wait = setTimeout(() => location.reload(), Math.random() * SPREAD_MS);
    return () => clearTimeout(wait);
  });
}

/**
 * Whether a page of the catalogue has other lots by now than those that it shows.
 * @param {HTMLElement} list @param {number[]} order @param {Set<number>} listed
 */
function hasOthers(list, order, listed) {
  const before = Number(list.dataset.before);
  const now = order.slice(before, before + listed.size);
  return order.length !== Number(list.dataset.lots) || !now.every((lot) => listed.has(lot));
}

/** The sale itself, and whether all this is sure. @param {Live} live @param {HTMLElement} page */
function followSale(live, page) {
  const [lamp, door, line] = ['sale-lamp', 'sale-door', 'line'].map((name) => page.querySelector(`[data-live="${name}"]`));
  effect(() => {
    const board = live.picture.board.value;
    if (!board) return;
    if (lamp) putLamp(lamp, saleLampOf(board));
    door?.toggleAttribute('hidden', board.phase === 'ENDED');
  });
  effect(() => {
    // What came with the page is fresh while the first connection is being made.
    const said = live.line.value.state === 'connecting' ? null : lineSaid(live);
    if (!line) return;
    line.toggleAttribute('hidden', !said);
    put(line, said?.text ?? '');
  });
}

/** Doors that only some may use are shown to them: the server cannot tell them apart in a shared page. */
async function showDoors() {
  const doors = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-door]'));
  if (!doors.length) return;
  const outcome = await ask('/api/session', { patience: SOON_MS });
  if (!outcome.ok || !outcome.body) return;
  const role = String(outcome.body.role ?? '').replace(/^ROLE_/, '').toLowerCase();
  for (const door of doors) {
    if ((door.dataset.door ?? '').split(' ').includes(role)) door.removeAttribute('hidden');
  }
}

/** How often the list of sales is read again, spread a little: it is a few bytes, and not sent while it is the same. */
const LIST_MS = 10_000;

/**
 * The cards of the front page go on with their sales: state, counts, and when the next lot ends, with what is
 * left until then. @param {HTMLElement[]} cards
 */
async function followSales(cards) {
  /** What is left is by the server's clock, as its answers date it. */
  let ahead = 0;
  /** @type {Map<string, any>} */
  let sales = new Map();
  const place = (/** @type {HTMLElement} */ card, /** @type {string} */ name) => /** @type {HTMLElement | null} */ (card.querySelector(`[data-live="${name}"]`));
  const show = () => {
    for (const card of cards) {
      const sale = sales.get(card.dataset.sale ?? '');
      const [next, at, left, counts, lamp] = ['next', 'next-at', 'left', 'counts', 'sale-lamp'].map((name) => place(card, name));
      if (!sale || !next || !at || !left || !counts) continue;
      const phase = sale.phase.replace(/^SALE_PHASE_/, '');
      if (lamp) putLamp(lamp, saleLampOf(/** @type {any} */ ({ phase })));
      put(counts, sale.knockedDown > 0 ? t('sale-summary', { lots: lotsText(sale.lots), sold: number(sale.knockedDown) }) : lotsText(sale.lots));
      const ends = phase === 'OPEN' ? Number(sale.nextEndsAt) : 0;
      const opens = phase === 'ANNOUNCED' ? Number(sale.opensAt) : 0;
      next.toggleAttribute('hidden', !ends);
      if (ends) putMoment(at, ends, card.dataset.zone ?? '');
      const rest = (ends || opens) / 1000 - (Date.now() + ahead);
      left.toggleAttribute('hidden', !(ends || opens) || rest <= 0);
      if (rest > 0) put(left, t(ends ? 'sale-left' : 'sale-opens-in', { left: span(rest * 1000) }));
    }
  };
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch('/api/sales', { signal: AbortSignal.timeout?.(SOON_MS) });
    if (!answer.ok) return;
    const dated = Date.parse(answer.headers.get('date') ?? '');
    // It names the second that was: half of one is the least that it can be wrong by.
    if (dated) ahead = dated + 500 - Date.now();
    const told = (await answer.json()).sales;
    // A sale that has come, or gone, has no card: the server writes the page anew.
    if (told.length !== cards.length || !cards.every((card) => told.some((/** @type {any} */ { sale }) => sale === card.dataset.sale))) return void setTimeout(() => location.reload(), 1_000 + Math.random() * SPREAD_MS);
    sales = new Map(told.map((/** @type {any} */ sale) => [sale.sale, sale]));
    show();
  };
  const again = () => look().catch(() => {}).then(() => setTimeout(again, LIST_MS + Math.random() * SPREAD_MS));
  document.addEventListener('visibilitychange', () => look().catch(() => {}));
  again();
  effect(() => {
    void beat.value;
    show();
  });
}

/** @param {number} count */
const lotsText = (count) => t('lots', { count, shown: number(count) });

run(async () => {
  showDoors();
  const listed = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[data-sale]')]);
  if (!scope && !listed.length && !document.querySelector('time[data-ahead]')) return;
  try {
    await loadTexts();
  } catch (problem) {
    scope?.querySelector('[data-live="line"]')?.removeAttribute('hidden');
    throw problem;
  }
  showOwnMoments();
  if (listed.length) await followSales(listed);
  if (!scope?.dataset.liveSale) return;
  const live = new Live(scope.dataset.liveSale ?? '');
  const cards = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[data-lot]')]);
  for (const card of cards) follow(live, card, { currency: scope.dataset.currency ?? 'EGP', zone: scope.dataset.zone ?? '' });
  showDoubt(live);
  followSale(live, scope);
  readAgain(live, cards);
});
