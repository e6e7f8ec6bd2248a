// What the server wrote into the page: language, sale, role of the page. Read once.

const html = document.documentElement;
const room = document.getElementById('room');

/** @typedef {'ar' | 'en'} Lang */
/** @typedef {'arab' | 'latn'} Digits */

/** @type {Lang} */
export const lang = html.lang === 'en' ? 'en' : 'ar';
/** @type {Digits} */
export const digits = html.dataset.digits === 'latn' ? 'latn' : 'arab';
export const roomName = room?.dataset.room ?? '';
export const sale = room?.dataset.sale ?? '';
/** The lot the address asks for; 0: none. */
export const lotAsked = Number(new URLSearchParams(location.search).get('lot') ?? 0) || 0;
export const root = room ?? document.body;
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
