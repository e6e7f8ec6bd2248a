// Public pages work without this module. With it, prices and states of the lots on the page are live.

import { computed, effect } from '../vendor/signals-core.js';
import { run } from './boot.js';
import { base } from './env.js';
import { SOON_MS, ask } from './http.js';
import { loadTexts, t } from './l10n.js';
import { Live } from './live.js';
import { money, number, wholeDigits } from './money.js';
import { wholeText } from './terms.js';
import { beat, lampOf, lineSaid, priceLabel, saleLampOf, timeOf } from './ui.js';
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

/** @param {Live} live @param {HTMLElement} card @param {string} currency */
function follow(live, card, currency) {
  const find = (/** @type {string} */ name) => card.querySelector(`[data-live="${name}"]`);
  const [price, whole, label, ask, bids, lamp, clock, clockLabel, door] = ['price', 'whole', 'price-label', 'ask', 'bids', 'lamp', 'clock', 'clock-label', 'door'].map(find);
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
    if (bids) put(bids, number(lot.bids));
    if (lamp) putLamp(lamp, lampOf(lot, live.picture.board.value));
    door?.toggleAttribute('hidden', lot.phase === 'CLOSED');
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

/** Whether the page was written in this attempt of the lot. @param {HTMLElement} card @param {import('./wire.js').Lot} lot */
const isCurrent = (card, lot) => lot.attempt <= Number(card.dataset.attempt ?? 1);

/**
 * A lot that is offered again has other terms, and one that was added has no place on the page: the server
 * writes it anew. Readers spread over a moment.
 * @param {Live} live @param {HTMLElement[]} cards
 */
function readAgain(live, cards) {
  const listed = new Set(cards.map((card) => Number(card.dataset.lot)));
  const list = /** @type {HTMLElement | null} */ (document.querySelector('.lot-cards'));
  const isOld = computed(() => live.isLive && (cards.some((card) => {
    const lot = live.picture.lot(Number(card.dataset.lot)).value;
    return lot && !isCurrent(card, lot);
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

run(async () => {
  showDoors();
  if (!scope) return;
  try {
    await loadTexts();
  } catch (problem) {
    scope.querySelector('[data-live="line"]')?.removeAttribute('hidden');
    throw problem;
  }
  const live = new Live(scope.dataset.liveSale ?? '');
  const cards = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[data-lot]')]);
  for (const card of cards) follow(live, card, scope.dataset.currency ?? 'EGP');
  followSale(live, scope);
  readAgain(live, cards);
});
