// What the server wrote into the page: language, sale, role of the page. Read once.

const html = document.documentElement;
const room = document.getElementById('room');

/** A number, whatever sign a chat has added behind it; 0: none. @param {string} text */
function leadingNumber(text) {
  const latin = text.replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660));
  return Number(/^[0-9]{1,9}/.exec(latin)?.[0] ?? 0);
}

/** @typedef {'ar' | 'en'} Lang */
/** @typedef {'arab' | 'latn'} Digits */

/** @type {Lang} */
export const lang = html.lang === 'en' ? 'en' : 'ar';
/** @type {Digits} */
export const digits = html.dataset.digits === 'latn' ? 'latn' : 'arab';
export const roomName = room?.dataset.room ?? '';
export const sale = room?.dataset.sale ?? '';
/** The lot the address asks for; 0: none. */
export const lotAsked = leadingNumber(new URLSearchParams(location.search).get('lot') ?? '');
export const root = room ?? document.body;
/** The script of this page: it and all that it imports are one file. */
export const script = /([a-z-]+)\.js$/.exec(import.meta.url)?.[1] ?? '';
/** Where the files of this build are: ends without a slash. */
export const base = new URL('..', import.meta.url).href.replace(/\/$/, '');

/**
 * A choice that the server has to know too, so that the next page comes right at once.
 * @param {string} name
 * @param {string} value
 */
export function remember(name, value) {
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}
