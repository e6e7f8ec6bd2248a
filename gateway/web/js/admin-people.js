// The people of the house, by pseudonym: their open invitations and logins, and the ends of both.

import { html } from '../vendor/htm-preact.js';
import { useSignal } from '../vendor/signals.js';
import { Wrong, confirm, here } from './admin-parts.js';
import { roleText } from './admin-invites.js';
import { t } from './l10n.js';
import { number } from './money.js';
import { Pill } from './ui.js';

/** @typedef {import('./admin-house.js').House} House */
/** @typedef {import('./admin-house.js').PersonLine} PersonLine */

/** @param {{house: House}} props */
export function PeopleSection({ house }) {
  const wanted = useSignal('');
  const people = house.people.value.filter((person) => isWanted(house, person, wanted.value.trim().toLowerCase())).sort(inOrder);
  return html`
    <label class="field narrow"><span>${t('people-find')}</span><input class="input" type="search" dir="auto" value=${wanted.value} onInput=${(/** @type {any} */ event) => { wanted.value = event.currentTarget.value; }} /></label>
    ${people.length === 0 && html`<p class="soft">${t('people-none')}</p>`}
    <ul class="lines">${people.map((person) => html`<${Line} key=${person.account} house=${house} person=${person} />`)}</ul>
    ${house.next.value && html`<button type="button" class="button" onClick=${() => house.more()}>${t('people-more')}</button>`}`;
}

/** Staff first, then bidders by sale and paddle. @param {PersonLine} one @param {PersonLine} other */
const inOrder = (one, other) => (one.sale ?? '').localeCompare(other.sale ?? '') || (one.paddle ?? 0) - (other.paddle ?? 0) || one.role.localeCompare(other.role) || one.label.localeCompare(other.label);

/** @param {House} house @param {PersonLine} person @param {string} words */
function isWanted(house, person, words) {
  if (!words) return true;
  const texts = [person.label, nameOf(person), String(person.paddle ?? ''), number(person.paddle ?? 0), house.titleOf(person.sale ?? '')];
  return texts.some((text) => text.toLowerCase().includes(words));
}

/** @param {PersonLine} person */
const roleOf = (person) => person.role.replace(/^ROLE_/, '');

/** @param {PersonLine} person */
const nameOf = (person) => (person.paddle ? t('paddle-n', { paddle: number(person.paddle) }) : roleText(roleOf(person)));

/** @param {{house: House, person: PersonLine}} props */
function Line({ house, person }) {
  const wrong = useSignal('');
  const name = nameOf(person);
  const isOwn = person.account === house.account;
  const end = (/** @type {string} */ id) => async () => { wrong.value = await house.do('/api/people/revoke', { id }); };
  const shutOut = () => confirm({
    title: t('people-shut-out'), text: html`<b>${name}</b>${person.label && html` (<bdi dir="auto">${person.label}</bdi>)`}. ${t('people-shut-out-hint')}`, yes: t('people-shut-out'),
    onYes: () => house.do('/api/people/disable', { id: person.account }),
  });
  const replace = () => confirm({
    title: t('people-new-link'), text: html`<b>${name}</b>. ${t('people-new-link-hint')}`, yes: t('people-new-link'),
    onYes: async () => {
      const of = person.paddle ? { sale: person.sale, paddle: person.paddle } : { account: person.account };
      const failed = await house.invite({ role: person.role, ...of, endLogins: true }, person.label);
      await house.look();
      return failed;
    },
  });
  return html`<li class="line">
    <div class="line-head"><h3>${name}</h3>${person.label && html`<span class="soft"><bdi dir="auto">${person.label}</bdi></span>`}
      ${isOwn && html`<${Pill} name="web" tone="is-info">${t('people-you')}</${Pill}>`}
      ${person.disabled && html`<${Pill} name="lost" tone="is-bad">${t('people-disabled')}</${Pill}>`}</div>
    ${person.sale && html`<p class="small soft"><bdi dir="auto">${house.titleOf(person.sale)}</bdi></p>`}
    ${(person.invite || person.tokens.length > 0) && html`<ul class="ends">
      ${person.invite && html`<li><span>${t('people-invited', { when: here(person.invite.expiresAt) })}</span><button type="button" class="button" onClick=${end(person.invite.id)}>${t('people-withdraw')}</button></li>`}
      ${person.tokens.map((token) => html`<li key=${token.id}><span>${t('people-logged-in', { when: here(token.expiresAt) })}</span><button type="button" class="button" onClick=${end(token.id)}>${t('people-end-login')}</button></li>`)}</ul>`}
    ${!person.invite && person.tokens.length === 0 && !person.disabled && html`<p class="small soft">${t('people-away')}</p>`}
    ${!person.disabled && html`<div class="row"><button type="button" class="button" onClick=${replace}>${t('people-new-link')}</button>
      ${!isOwn && html`<button type="button" class="button button-hard" onClick=${shutOut}>${t('people-shut-out')}</button>`}</div>`}
    <${Wrong} text=${wrong.value} /></li>`;
}
