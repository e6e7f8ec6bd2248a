// What every page does first: the switches in the header, and the refusal to stay silent when a module
// cannot start.

import { base, digits, remember } from './env.js';

/** The theme now on screen. */
function themeNow() {
  const chosen = document.documentElement.dataset.theme;
  if (chosen) return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

for (const control of document.querySelectorAll('[data-switch]')) {
  const what = /** @type {HTMLElement} */ (control).dataset.switch;
  control.removeAttribute('hidden');
  control.addEventListener('click', () => {
    if (what === 'theme') {
      const next = themeNow() === 'dark' ? 'light' : 'dark';
      document.documentElement.dataset.theme = next;
      remember('mazad_theme', next);
    }
    if (what === 'digits') {
      remember('mazad_digits', digits === 'arab' ? 'latn' : 'arab');
      location.reload();
    }
  });
}

// The page may have moved on in its address (another lot, another place in a history): the same place in
// the other language is where it stands when the link is pressed.
const other = /** @type {HTMLAnchorElement | null} */ (document.querySelector('a[data-switch-language]'));
for (const press of ['pointerdown', 'click']) {
  other?.addEventListener(press, () => {
    const address = new URL(location.href);
    address.searchParams.set('lang', other.hreflang);
    other.href = address.href;
  });
}

/** A page that took longer than this is on a poor line, which has better to do. */
const QUICK_MS = 5_000;
const FONTS = ['arabic-400', 'arabic-600', 'latin-400', 'latin-600'];

/** Puts the fonts into the browser's store when all else is done, for the next page: this one keeps its own. */
async function fetchFonts() {
  const build = base.split('/').pop() ?? '';
  const isThere = document.cookie.includes(`mazad_fonts=${build}`);
  if (isThere || performance.now() > QUICK_MS || /** @type {any} */ (navigator).connection?.saveData) return;
  const files = FONTS.map((name) => fetch(`${base}/fonts/plex-${name}.woff2`, /** @type {any} */ ({ priority: 'low' })));
  const answers = await Promise.all(files);
  // For this visit only: a browser may empty its store before the next.
  if (answers.every((answer) => answer.ok)) document.cookie = `mazad_fonts=${build}; Path=/; SameSite=Lax`;
}
globalThis.addEventListener?.('load', () => setTimeout(() => fetchFonts().catch(() => {}), 1_000));

/**
 * Starts a room; if that fails, the page says so instead of staying empty.
 * @param {() => Promise<void>} start
 */
export function run(start) {
  start().catch((problem) => {
    console.error(problem);
    document.getElementById('room-failed')?.removeAttribute('hidden');
    document.getElementById('room-waits')?.setAttribute('hidden', '');
  });
}
