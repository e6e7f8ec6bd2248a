// The price of a lot over its history, drawn as steps. The table beneath holds the same figures.

import { html } from '../vendor/htm-preact.js';
import { t } from './l10n.js';
import { money } from './money.js';

const [WIDE, HIGH, EDGE] = [720, 160, 6];

/** @param {{steps: {event: {revision: string, at: number}, state: {price: bigint}}[], revision: string, opening: bigint, currency: string}} props */
export function Ladder({ steps, revision, opening, currency }) {
  const priced = steps.filter(({ state }) => state.price > 0n);
  if (priced.length < 2) return null;
  const [first, last] = [priced[0].event.at, priced[priced.length - 1].event.at];
  const all = [opening, ...priced.map(({ state }) => state.price)];
  const low = all.reduce((a, b) => (b < a ? b : a));
  const high = all.reduce((a, b) => (b > a ? b : a));
  // Places on a screen, not money: here, and only here, an amount becomes an approximate number.
  const x = (/** @type {number} */ at) => EDGE + ((at - first) / Math.max(1, last - first)) * (WIDE - 2 * EDGE);
  const y = (/** @type {bigint} */ price) => HIGH - EDGE - (Number(price - low) / Math.max(1, Number(high - low))) * (HIGH - 2 * EDGE);
  const path = priced.map(({ event, state }, at) => {
    const [px, py] = [x(event.at).toFixed(1), y(state.price).toFixed(1)];
    return at === 0 ? `M${px} ${py}` : `H${px}V${py}`;
  }).join('');
  const here = priced.filter(({ event }) => BigInt(event.revision) <= BigInt(revision)).pop();
  return html`<figure class="card ladder" dir="ltr">
    <svg viewBox="0 0 ${WIDE} ${HIGH}" role="img" aria-label=${t('ladder-name', { from: money(low, currency), to: money(high, currency) })} preserveAspectRatio="none">
      <path class="ladder-line" d=${path} />
      ${here && html`<line class="ladder-here" x1=${x(here.event.at)} x2=${x(here.event.at)} y1="0" y2=${HIGH} />`}
    </svg>
    <figcaption class="soft small" dir="auto">${t('ladder-name', { from: money(low, currency), to: money(high, currency) })}</figcaption>
  </figure>`;
}
