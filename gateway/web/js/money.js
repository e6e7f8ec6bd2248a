// Money: whole minor units as BigInt, from what people type and to what they read. No floats.

import { digits, lang } from './env.js';
import { t } from './l10n.js';

/** Decimal places where they are not two: the engine's table. A test writes it and compares. */
const DECIMALS = /** @type {[number, string][]} */ ([
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XAG XAU XBA XBB XBC XBD XDR XOF XPD XPF XPT XSU XTS XUA XXX'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
]);

const EXPONENTS = new Map(DECIMALS.flatMap(([places, codes]) => codes.split(' ').map((code) => [code, places])));

/** @param {string} currency */
export const exponent = (currency) => EXPONENTS.get(currency) ?? 2;

/** How many digits stand before the decimals: what is long is set smaller. @param {bigint} minor @param {string} currency */
export const wholeDigits = (minor, currency) => String(minor / 10n ** BigInt(exponent(currency))).length;

const whole = {
  arab: new Intl.NumberFormat('ar-EG-u-nu-arab'),
  latn: new Intl.NumberFormat('en-US'),
};

/**
 * Latin digits to the reader's.
 * @param {string} text
 * @param {'arab' | 'latn'} [system]
 */
export const localDigits = (text, system = digits) =>
  system === 'arab' ? text.replace(/[0-9]/g, (d) => String.fromCharCode(0x660 + Number(d))) : text;

/**
 * A whole number as read.
 * @param {number | bigint} value
 * @param {'arab' | 'latn'} [system]
 */
export const number = (value, system = digits) => whole[system].format(value);

/**
 * The number that the catalogue prints for a lot, `12A`; else its own. It stands apart from the line around
 * it, and keeps its digits unless its letters are Arabic: in others `3-1-Q` would stand in another order.
 * @param {number} lot @param {any} terms
 */
export function lotNumber(lot, terms) {
  const label = terms?.label;
  if (!label) return number(lot);
  return `\u2068${/\p{Script=Arabic}/u.test(label) ? localDigits(label) : label}\u2069`;
}

/**
 * The figure alone, without its currency; a fraction shows only when there is one.
 * @param {bigint} minor
 * @param {string} currency
 * @param {'arab' | 'latn'} [system]
 */
export function figure(minor, currency, system = digits) {
  const places = exponent(currency);
  const scale = 10n ** BigInt(places);
  const sign = minor < 0n ? '-' : '';
  const size = minor < 0n ? -minor : minor;
  const fraction = size % scale;
  const head = sign + whole[system].format(size / scale);
  if (fraction === 0n) return head;
  const tail = localDigits(String(fraction).padStart(places, '0'), system);
  return head + (system === 'arab' ? '\u066b' : '.') + tail;
}

/**
 * The amount with its currency, as one text.
 * @param {bigint} minor
 * @param {string} currency
 * @param {'ar' | 'en'} [language]
 */
export function money(minor, currency, language = lang) {
  const system = language === 'en' ? 'latn' : digits;
  return t('money', { amount: figure(minor, currency, system), currency }, language);
}

/** Arabic-Indic digits of either kind to Latin ones, and marks of direction away. @param {string} text */
const plain = (text) => text
  .replace(/[\u0660-\u0669]/g, (d) => String(d.charCodeAt(0) - 0x660))
  .replace(/[\u06f0-\u06f9]/g, (d) => String(d.charCodeAt(0) - 0x6f0))
  .replace(/[\u200e\u200f\u061c\u2066-\u2069]/g, '')
  .trim();

/** A paddle or the number of a bid as somebody typed it; 0: none. @param {string} text */
export function parseNumber(text) {
  const digits = plain(text);
  return /^[0-9]{1,9}$/.test(digits) ? Number(digits) : 0;
}

/**
 * What somebody typed: 0-9 or Arabic-Indic digits, either kind of separator, thousands in groups. It is
 * exact or it is refused: "1.250", "1,5", "0,500" and "7 5000" could be read two ways, so they are not read at all.
 * @param {string} text
 * @param {string} currency
 * @returns {{minor: bigint} | {problem: 'empty' | 'unclear' | 'fraction' | 'large'}}
 */
export function parseAmount(text, currency) {
  const typed = plain(text).replace(/\s/g, ' ').replace(/[\u066c\u060c]/g, ',').replace(/\u2019/g, "'");
  if (typed === '') return { problem: 'empty' };
  const parts = /^([0-9]+|[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+|(?: [0-9]{3})+|(?:'[0-9]{3})+|(?:\.[0-9]{3}){2,}))(?:[\u066b.]([0-9]+))?$/.exec(typed);
  if (!parts) return { problem: 'unclear' };
  const places = exponent(currency);
  const fraction = parts[2] ?? '';
  if (fraction.length > places) return { problem: fraction.length === 3 && typed.includes('.') ? 'unclear' : 'fraction' };
  const head = parts[1].replace(/[^0-9]/g, '');
  if (head.length > 15) return { problem: 'large' };
  return { minor: BigInt(head) * 10n ** BigInt(places) + BigInt(fraction.padEnd(places, '0') || '0') };
}

const PROBLEM = /** @type {const} */ ({ empty: 'amount-empty', unclear: 'amount-unclear', fraction: 'amount-fraction', large: 'amount-large' });

/** What is wrong with an amount that was not read. @param {keyof typeof PROBLEM} problem */
export const problemText = (problem) => t(PROBLEM[problem]);
