// Invitations: for one or for many at once, and the sheet with their codes for the printer. A link is told
// once and kept nowhere: the sheet is made of what the server has just answered, and is gone with the page.

import { html } from '../vendor/htm-preact.js';
import { useSignal } from '../vendor/signals.js';
import { Wrong, field, here } from './admin-parts.js';
import { key, said, t } from './l10n.js';
import { number, parseAmount, problemText } from './money.js';
import { Qr } from './qr.js';
import { Icon, announce } from './ui.js';

/** @typedef {import('./admin-house.js').House} House */
/** @typedef {import('./admin-house.js').Made} Made */

/** Invitations of one act: a hall's paddles fit on some thirty sheets of paper. */
const AT_ONCE_MAX = 250;

const ROLES = {
  BIDDER: key('role-bidder'), CLERK: key('role-clerk'), AUCTIONEER: key('role-auctioneer'), ANALYST: key('role-analyst'), ADMIN: key('role-admin'),
};
/** @param {string} role */
export const roleText = (role) => t(ROLES[/** @type {keyof typeof ROLES} */ (role)] ?? ROLES.BIDDER);

/** Arabic-Indic digits to Latin ones. @param {string} text */
const latin = (text) => text.replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660)).replace(/[\u200e\u200f\u2066-\u2069]/g, '');

/**
 * Who is invited, a line for each: a paddle or a range of them, then what the desk calls it. Null: a line
 * says something else, or they are too many.
 * @param {string} text
 */
export function readPaddles(text) {
  /** @type {Map<number, string>} */
  const paddles = new Map();
  for (const line of latin(text).split(/\n/)) {
    if (!line.trim()) continue;
    const parts = /^\s*([0-9]{1,9})(?:\s*[-\u2013]\s*([0-9]{1,9}))?(?:[\s,;:\u060c]+(.*))?$/.exec(line);
    const [first, last] = [Number(parts?.[1] ?? 0), Number(parts?.[2] ?? parts?.[1] ?? 0)];
    if (!first || last < first || last - first >= AT_ONCE_MAX) return null;
    for (let paddle = first; paddle <= last; paddle += 1) paddles.set(paddle, (parts?.[3] ?? '').trim());
  }
  return paddles.size > 0 && paddles.size <= AT_ONCE_MAX ? paddles : null;
}

/** @param {{house: House}} props */
export function InviteSection({ house }) {
  const role = useSignal('BIDDER');
  const [wrong, done] = [useSignal(''), useSignal('')];
  const roles = /** @type {(keyof typeof ROLES)[]} */ (house.isAdmin ? Object.keys(ROLES) : ['BIDDER']);
  const open = house.sales.value.filter(({ phase }) => phase !== 'SALE_PHASE_ENDED');
  const submit = async (/** @type {any} */ event) => {
    event.preventDefault();
    if (done.value) return;
    const form = new FormData(event.currentTarget);
    wrong.value = role.value === 'BIDDER' ? await inviteBidders(house, form, done) : await inviteStaff(house, form, role.value);
    done.value = '';
    if (wrong.value) return;
    event.target.reset();
    announce(t('invite-made'));
    await house.look();
    document.getElementById('sheet')?.scrollIntoView();
  };
  return html`<form class="stack" onSubmit=${submit}>
    ${roles.length > 1 && html`<fieldset class="choices row"><legend class="legend">${t('invite-whom')}</legend>
      ${roles.map((name) => html`<label class="choice"><input type="radio" name="role" value=${name} checked=${role.value === name} onChange=${() => { role.value = name; }} /><span>${roleText(name)}</span></label>`)}</fieldset>`}
    ${role.value !== 'BIDDER' ? html`<div class="fields">${field('label', t('invite-label'), { maxlength: 60, dir: 'auto' })}</div><p class="hint">${t('invite-staff-hint')}</p>`
    : open.length === 0 ? html`<p class="notice is-info"><${Icon} name="warning" /><span>${t('invite-no-sale')}</span></p>` : html`
      <div class="fields">
        <label class="field"><span>${t('invite-sale')}</span><select class="input" name="sale">${open.map(({ sale, title }) => html`<option value=${sale}>${said(title)}</option>`)}</select></label>
        ${field('limit', t('invite-limit'), { inputmode: 'decimal' })}
      </div>
      <label class="field"><span>${t('invite-paddles')}</span><textarea class="input paddles" name="paddles" rows="4" required dir="auto" placeholder=${t('invite-paddles-example')}></textarea></label>
      <p class="hint">${t('invite-paddles-hint', { most: number(AT_ONCE_MAX) })}</p>`}
    <${Wrong} text=${wrong.value} />
    ${done.value && html`<p role="status">${done.value}</p>`}
    <div class="row"><button type="submit" class="button button-main" aria-disabled=${Boolean(done.value)} disabled=${role.value === 'BIDDER' && open.length === 0}>${t('invite-make')}</button></div>
  </form>`;
}

/** One after the other, and how far it is; what is made stays made. @param {House} house @param {FormData} form @param {{value: string}} done */
async function inviteBidders(house, form, done) {
  const sale = String(form.get('sale'));
  const currency = house.saleOf(sale)?.currency ?? 'EGP';
  const paddles = readPaddles(String(form.get('paddles')));
  const typed = String(form.get('limit')).trim();
  const limit = typed ? parseAmount(typed, currency) : null;
  if (!paddles) return t('invite-paddles-unclear', { most: number(AT_ONCE_MAX) });
  if (limit && 'problem' in limit) return problemText(limit.problem);
  let count = 0;
  for (const [paddle, label] of paddles) {
    done.value = t('invite-progress', { done: number(count), all: number(paddles.size) });
    const failed = await house.invite({ role: 'ROLE_BIDDER', sale, paddle, ...(limit ? { limit: String(limit.minor) } : {}), label });
    if (failed) return t('invite-stopped', { paddle: number(paddle), done: number(count), why: failed });
    count += 1;
  }
  return '';
}

/** @param {House} house @param {FormData} form @param {string} role */
const inviteStaff = (house, form, role) => house.invite({ role: `ROLE_${role}`, label: String(form.get('label')).trim() });

/** @param {BeforeUnloadEvent} event */
const askBefore = (event) => event.preventDefault();

/** Nobody leaves by mistake while there are links that cannot be read again. @param {boolean} hasLinks */
export function keepSheet(hasLinks) {
  if (hasLinks) addEventListener('beforeunload', askBefore);
  else removeEventListener('beforeunload', askBefore);
}

/** The links that were made, as they are printed and cut. @param {{house: House}} props */
export function Sheet({ house }) {
  const made = house.made.value;
  if (!made.length) return null;
  return html`<section class="sheet" id="sheet" aria-labelledby="sheet-name">
    <div class="card stack no-print"><h2 id="sheet-name">${t('sheet-title', { count: made.length, shown: number(made.length) })}</h2>
      <p class="notice is-warn"><${Icon} name="warning" /><span>${t('sheet-once')}</span></p>
      <div class="row"><button type="button" class="button button-main" onClick=${() => print()}>${t('sheet-print')}</button>
        <button type="button" class="button" onClick=${() => { house.made.value = []; }}>${t('sheet-forget')}</button></div></div>
    <ul class="tickets">${made.map((one) => html`<${Ticket} key=${one.invite} house=${house} made=${one} />`)}</ul></section>`;
}

/** @param {{house: House, made: Made}} props */
function Ticket({ house, made }) {
  return html`<li class="ticket">
    <${Qr} svg=${made.qrSvg} label=${t('invite-qr')} />
    <div class="ticket-text">
      <h3>${made.paddle ? html`<span class="ticket-name">${t('paddle')}</span> <bdi class="ticket-paddle figure">${number(made.paddle)}</bdi>` : html`<span class="ticket-paddle">${roleText(made.role)}</span>`}</h3>
      ${made.label && html`<p><bdi dir="auto">${made.label}</bdi></p>`}
      ${made.sale && html`<p class="small"><bdi dir="auto">${house.titleOf(made.sale)}</bdi></p>`}
      <p class="small">${t('sheet-until', { when: here(made.expiresAt) })}</p>
      <p class="small">${t('sheet-how')}</p>
    </div>
    <p class="ticket-link" dir="ltr"><code>${made.link}</code></p></li>`;
}
