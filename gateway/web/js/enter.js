// /enter#SECRET: redeems the invitation once and goes to the right page. The secret is in the fragment,
// which browsers do not send; it leaves the address bar before anything else happens, and comes back
// only if trying again may help.

import { run } from './boot.js';
import { root } from './env.js';
import { ask } from './http.js';
import { loadTexts, said, t } from './l10n.js';

const PAGES = { BIDDER: 'bid', CLERK: 'clerk', AUCTIONEER: 'clerk', ANALYST: 'analyst' };

/** @param {any} session */
export function pageFor(session) {
  const role = String(session.role ?? '').replace(/^ROLE_/, '').toUpperCase();
  const page = PAGES[/** @type {keyof typeof PAGES} */ (role)];
  if (role === 'ADMIN') return session.sale ? `/clerk/${session.sale}` : '/';
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
  root.textContent = '';
  const box = document.createElement('p');
  box.className = bad ? 'notice is-bad' : 'notice is-info';
  box.setAttribute('role', bad ? 'alert' : 'status');
  box.textContent = text;
  root.append(box);
}

/** The secret as it was issued, without signs that a chat has added; empty if the address was cut in the middle of a letter. @param {string} text */
function decoded(text) {
  try {
    return /^[\w-]*/.exec(decodeURIComponent(text).replace(/^[\s\u200b-\u200f\u2060-\u2069"'(<]+/, ''))?.[0] ?? '';
  } catch {
    return '';
  }
}

run(async () => {
  const here = location.pathname + location.search;
  const fragment = location.hash.slice(1);
  history.replaceState(null, '', here);
  const putBack = () => history.replaceState(null, '', `${here}#${fragment}`);
  try {
    await loadTexts();
  } catch (problem) {
    putBack();
    throw problem;
  }
  const secret = decoded(fragment);
  if (!secret) return say(t('enter-no-secret'), true);
  say(t('enter-working'), false);
  const outcome = await ask('/api/session', { method: 'POST', body: { secret } });
  if (!outcome.ok) {
    const why = outcome.status === 0 ? t('enter-offline') : said(outcome.fault?.message) || t('enter-refused');
    // The line or the server failed, not the invitation.
    const mayTryAgain = outcome.status === 0 || outcome.status >= 500 || outcome.fault?.retryMs > 0;
    if (mayTryAgain) putBack();
    return say(mayTryAgain ? t('enter-again', { why }) : why, true);
  }
  const session = outcome.body ?? {};
  const sale = session.sale || await onlySale();
  location.replace(pageFor({ ...session, sale }));
});
