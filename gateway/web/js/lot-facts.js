// The terms of a sale and its lots, in words and figures.

import { html } from '../vendor/htm-preact.js';
import { key, said, t } from './l10n.js';
import { moment } from './moments.js';
import { money, number } from './money.js';
import { quantity, unitName, wholePrice } from './terms.js';
import { Money } from './ui.js';
import { big, time } from './wire.js';

/** @typedef {{unit: string, lots: number, price: bigint, whole: bigint | undefined}} Total */

/**
 * What was knocked down, by what a price buys: prices for different units are never added up. No whole price where one of
 * the lots has none. As in `projections/src/results.rs`.
 * @param {{price: bigint, terms: any}[]} sold
 * @returns {Total[]}
 */
export function soldTotals(sold) {
  /** @type {Map<string, Total>} */
  const totals = new Map();
  for (const { price, terms } of sold) {
    const unit = terms?.unit ?? '';
    const so = totals.get(unit) ?? { unit, lots: 0, price: 0n, whole: 0n };
    const whole = wholePrice(price, terms);
    const sum = so.whole === undefined || whole === undefined ? undefined : so.whole + whole;
    totals.set(unit, { unit, lots: so.lots + 1, price: so.price + price, whole: sum });
  }
  return [...totals.values()].sort((a, b) => (a.unit < b.unit ? -1 : 1));
}

/** A total in words. @param {Total} total @param {string} currency */
export function totalText({ unit, lots, price, whole }, currency) {
  const words = whole !== undefined ? key('total-measured') : unit ? key('total-each') : key('total-outright');
  return `${t(words, { unit: unitName(unit), lots: t('lots', { count: lots, shown: number(lots) }) })}, ${money(whole ?? price, currency)}`;
}

/**
 * The step above a price, by the lot's table.
 * @param {any} terms @param {bigint} price
 */
export function stepAt(terms, price) {
  let step = 0n;
  for (const band of terms?.english?.increments?.bands ?? []) if (big(band.from) <= price) step = big(band.step);
  return step;
}

/** A span of the terms in words: minutes or seconds. @param {unknown} micros */
export function duration(micros) {
  const seconds = Math.round(time(micros) / 1e6);
  const whole = seconds % 60 === 0 && seconds >= 60;
  const count = whole ? seconds / 60 : seconds;
  return t(whole ? key('minutes') : key('seconds'), { count, shown: number(count) });
}

/**
 * R3.1, R3.4, R4: how late bids and a reserve move end and price. The page of the lot has all rules.
 * @param {any} sale the sale's terms @param {any} terms the lot's
 * @returns {string[]}
 */
export function endRules(sale, terms) {
  const timed = terms.running?.timed;
  const soft = timed?.softClose;
  const rules = [];
  if (soft) {
    const rule = soft.onPriceChange ? key('soft-close-price-rule') : key('soft-close-rule');
    rules.push(t(rule, { window: duration(soft.window), extension: duration(soft.extension) }));
    const most = soft.extensionsMax ?? 0;
    if (most > 0) rules.push(t('rule-extensions-max', { count: most, shown: number(most) }));
    if (time(soft.hardStop) > 0) rules.push(t('rule-hard-stop', { when: moment(time(soft.hardStop), sale.timeZone) }));
    if (timed.group) rules.push(t('rule-group'));
  }
  if (terms.english?.reserve) {
    rules.push(t('rule-reserve'));
    if (sale.reserveLift) rules.push(t('rule-reserve-lift'));
  }
  return rules;
}

/**
 * What a bidder should know of the lot before bidding.
 * @param {{sale: any, terms: any, lot: import('./wire.js').Lot, currency: string}} props
 */
export function LotFacts({ sale, terms, lot, currency }) {
  // Before the first bid the step is that of the opening, where the first bid stands.
  const opening = big(terms.english?.opening);
  const step = lot.phase === 'CLOSED' ? 0n : stepAt(terms, lot.price > 0n ? lot.price : opening);
  const fact = (/** @type {string} */ name, /** @type {any} */ value) => html`<div><dt>${t(name)}</dt><dd>${value}</dd></div>`;
  return html`
    <dl class="facts">
      ${fact('fact-opening', html`<${Money} minor=${opening} currency=${currency} />`)}
      ${step > 0n && fact('fact-step', html`<${Money} minor=${step} currency=${currency} />`)}
      ${terms.unit && fact('fact-per', unitName(terms.unit))}
      ${terms.quantityMilli && fact('fact-quantity', quantity(Number(terms.quantityMilli), terms.unit))}
      ${terms.reference && fact('fact-reference', html`<bdi>${terms.reference}</bdi>`)}
      ${said(terms.place?.name) && fact('fact-place', html`<bdi dir="auto">${said(terms.place.name)}</bdi>`)}
      ${fact('fact-method', t(terms.running?.timed ? key('method-timed') : key('method-clerked')))}
    </dl>
    ${endRules(sale, terms).map((rule) => html`<p class="hint" key=${rule}>${rule}</p>`)}`;
}
