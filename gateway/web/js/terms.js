// Kinds, units and quantities of lots in words, and what a price comes to.

import { digits, lang } from './env.js';
import { key, t } from './l10n.js';
import { localDigits, money, number } from './money.js';
import { big } from './wire.js';

const KINDS = {
  'land-lease': { icon: 'land', text: key('kind-land-lease') },
  land: { icon: 'land', text: key('kind-land') },
  kiosk: { icon: 'kiosk', text: key('kind-kiosk') },
  quarry: { icon: 'quarry', text: key('kind-quarry') },
  scrap: { icon: 'scrap', text: key('kind-scrap') },
  vehicle: { icon: 'vehicle', text: key('kind-vehicle') },
  site: { icon: 'site', text: key('kind-site') },
  building: { icon: 'building', text: key('kind-building') },
};
/** The text that names a unit, and the one that counts in it. */
const UNITS = {
  year: [key('unit-year'), key('quantity-year')],
  month: [key('unit-month'), key('quantity-month')],
  tonne: [key('unit-tonne'), key('quantity-tonne')],
  feddan: [key('unit-feddan'), key('quantity-feddan')],
  metre: [key('unit-metre'), key('quantity-metre')],
  piece: [key('unit-piece'), key('quantity-piece')],
};

/** @param {string | undefined} kind */
export function kindOf(kind) {
  const known = KINDS[/** @type {keyof typeof KINDS} */ (kind ?? '')];
  return known ? { icon: known.icon, name: t(known.text) } : { icon: 'lot', name: kind || t('kind-other') };
}

/** @param {string | undefined} unit */
export function unitName(unit) {
  if (!unit) return '';
  const known = UNITS[/** @type {keyof typeof UNITS} */ (unit)];
  return known ? t(known[0]) : unit;
}

/** @param {number} milli thousandths @param {string | undefined} unit @param {'ar' | 'en'} [language] */
export function quantity(milli, unit, language = lang) {
  const system = language === lang || language === 'ar' ? digits : 'latn';
  const rest = milli % 1000;
  const tail = rest ? (system === 'arab' ? '\u066b' : '.') + localDigits(String(rest).padStart(3, '0').replace(/0+$/, ''), system) : '';
  const known = UNITS[/** @type {keyof typeof UNITS} */ (unit ?? '')];
  // A fraction takes the last form.
  return t(known ? known[1] : key('quantity-other'), {
    count: rest ? '' : milli / 1000, shown: number(Math.floor(milli / 1000), system) + tail, unit: unit ?? '',
  }, language);
}

const AMOUNT_MAX = 2n ** 63n - 1n;

/**
 * The whole price of a lot: price for each unit times quantity. The one rounding is to the nearest minor unit,
 * a half upwards, as in `projections/src/whole_price.rs`. Undefined: the lot is not sold by measure.
 * @param {bigint} minor @param {any} terms
 */
export function wholePrice(minor, terms) {
  const milli = big(terms?.quantityMilli);
  if (!terms?.unit || milli <= 0n) return undefined;
  const whole = (minor * milli + 500n) / 1000n;
  return whole <= AMOUNT_MAX ? whole : undefined;
}

/**
 * The same in words, to stand beside the price, or beside another amount with words of its own; empty if there
 * is none.
 * @param {bigint} minor @param {any} terms @param {string} currency @param {'ar' | 'en'} [language] @param {string} [words]
 */
export function wholeText(minor, terms, currency, language = lang, words = key('whole-price')) {
  const whole = wholePrice(minor, terms);
  if (whole === undefined) return '';
  const values = { quantity: quantity(Number(terms.quantityMilli), terms.unit, language), amount: money(whole, currency, language) };
  return t(words, values, language);
}
