// Public pages work without this module. With it, prices and states of the lots on the page are live.

import { effect } from '../vendor/signals-core.js';
import { run } from './boot.js';
import { base } from './env.js';
import { ask } from './http.js';
import { loadTexts, t } from './l10n.js';
import { Live } from './live.js';
import { money } from './money.js';
import { beat, lampOf, timeOf } from './ui.js';

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
  const [price, label, ask, lamp, clock, clockLabel] = ['price', 'price-label', 'ask', 'lamp', 'clock', 'clock-label'].map(find);
  const known = live.picture.lot(Number(card.dataset.lot));
  effect(() => {
    const lot = known.value;
    if (!lot) return;
    if (price && lot.price > 0n) put(price, money(lot.price, currency));
    if (label && lot.price > 0n) put(label, lot.phase === 'CLOSED' ? t('price-final') : t('price-now'));
    if (ask) put(ask, lot.phase === 'OPEN' ? money(lot.ask, currency) : '\u2014');
    if (lamp) putLamp(lamp, lampOf(lot, live.picture.board.value));
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

/** Doors that only some may use are shown to them: the server cannot tell them apart in a shared page. */
async function showDoors() {
  const doors = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-door]'));
  if (!doors.length) return;
  const outcome = await ask('/api/session');
  if (!outcome.ok || !outcome.body) return;
  const role = String(outcome.body.role ?? '').replace(/^ROLE_/, '').toLowerCase();
  for (const door of doors) {
    if ((door.dataset.door ?? '').split(' ').includes(role)) door.removeAttribute('hidden');
  }
}

run(async () => {
  await showDoors();
  if (!scope) return;
  await loadTexts();
  const live = new Live(scope.dataset.liveSale ?? '');
  for (const card of document.querySelectorAll('[data-lot]')) {
    follow(live, /** @type {HTMLElement} */ (card), scope.dataset.currency ?? 'EGP');
  }
  effect(() => { scope.dataset.line = live.line.value.state; });
});
