// /enter#SECRET: shows whom the invitation lets in, and takes it with a press: programs that open every
// link, with scripts too, use nothing up. The secret is in the fragment, which browsers do not send; it
// leaves the address bar when it is used, and comes back only if trying again may help.

import { run } from './boot.js';
import { ask } from './http.js';
import { loadTexts, said, t } from './l10n.js';
import { number } from './money.js';

const PAGES = { BIDDER: 'bid', CLERK: 'clerk', AUCTIONEER: 'clerk', ANALYST: 'analyst' };

const form = /** @type {HTMLFormElement} */ (document.getElementById('room'));
const words = /** @type {HTMLElement} */ (document.getElementById('enter-said'));
const press = /** @type {HTMLButtonElement} */ (document.getElementById('enter-press'));

/** @param {any} session */
const roleOf = (session) => String(session.role ?? '').replace(/^ROLE_/, '').toUpperCase();

/** @param {any} session */
export function pageFor(session) {
  const role = roleOf(session);
  const page = PAGES[/** @type {keyof typeof PAGES} */ (role)];
  if (role === 'ADMIN') return '/admin';
  return page && session.sale ? `/${page}/${session.sale}` : '/';
}

/** Staff are invited to the house, not to one sale: with one sale there is nothing to choose. */
async function onlySale() {
  const outcome = await ask('/api/sales');
  const sales = outcome.ok ? (outcome.body.sales ?? outcome.body) : [];
  return Array.isArray(sales) && sales.length === 1 ? (sales[0].sale ?? sales[0].id) : '';
}

/** @param {string} text @param {boolean} bad */
function say(text, bad) {
  words.className = bad ? 'notice is-bad' : '';
  words.setAttribute('role', bad ? 'alert' : 'status');
  words.textContent = text;
}

/** The secret as it was issued, without signs that a chat has added; empty if the address was cut in the middle of a letter. @param {string} text */
function decoded(text) {
  try {
    return /^[\w-]*/.exec(decodeURIComponent(text).replace(/^[\s\u200b-\u200f\u2060-\u2069"'(<]+/, ''))?.[0] ?? '';
  } catch {
    return '';
  }
}

/** Whether the line or the server failed, and not the invitation. @param {{status: number, fault: any}} outcome */
const mayTryAgain = (outcome) => outcome.status === 0 || outcome.status >= 500 || outcome.fault?.retryMs > 0;

/** @param {{status: number, fault: any}} outcome */
function sayWhy(outcome) {
  const why = outcome.status === 0 ? t('enter-offline') : said(outcome.fault?.message) || t('enter-refused');
  say(mayTryAgain(outcome) ? t('enter-again', { why }) : why, true);
  press.hidden = press.disabled;
}

const here = location.pathname + location.search;
const forget = () => history.replaceState(null, '', here);

/** Takes the invitation. @param {string} secret */
async function enter(secret) {
  const fragment = location.hash;
  forget();
  press.disabled = true;
  say(t('enter-working'), false);
  const outcome = await ask('/api/session', { method: 'POST', body: { secret } });
  if (!outcome.ok) {
    if (mayTryAgain(outcome)) {
      history.replaceState(null, '', here + fragment);
      press.disabled = false;
    }
    return sayWhy(outcome);
  }
  const session = outcome.body ?? {};
  const sale = session.sale || await onlySale();
  location.replace(pageFor({ ...session, sale }));
}

run(async () => {
  const secret = decoded(location.hash.slice(1));
  press.disabled = true;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!press.disabled) enter(secret);
  });
  await loadTexts();
  if (!secret) {
    forget();
    press.hidden = true;
    return say(t('enter-no-secret'), true);
  }
  const outcome = await ask('/api/v1/invitation', { method: 'POST', body: { secret } });
  if (!outcome.ok) {
    if (!mayTryAgain(outcome)) forget();
    return sayWhy(outcome);
  }
  const { paddle } = outcome.body ?? {};
  press.textContent = paddle ? t('enter-as-paddle', { paddle: number(paddle) }) : t('enter-as', { role: roleOf(outcome.body).toLowerCase() });
  press.disabled = false;
});
