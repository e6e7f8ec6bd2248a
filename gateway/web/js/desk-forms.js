// The clerk's forms: floor bid, own ask, re-offer, invitation, and the map of keys.

import { html } from '../vendor/htm-preact.js';
import { useEffect, useRef } from '../vendor/preact-hooks.js';
import { useSignal } from '../vendor/signals.js';
import { close, show } from './dialog.js';
import { ask } from './http.js';
import { cap } from './keys.js';
import { said, t } from './l10n.js';
import { figure, money, number, parseAmount } from './money.js';

/** @typedef {import('./desk.js').Desk} Desk */

/** Digits as typed, either kind, to a paddle; 0: none. @param {string} text */
export function paddleOf(text) {
  const plain = text.trim().replace(/[\u0660-\u0669]/g, (d) => String(d.charCodeAt(0) - 0x660));
  return /^[0-9]{1,9}$/.test(plain) ? Number(plain) : 0;
}

/** Paddle, amount, Enter. The amount stands at the ask until it is changed. @param {{desk: Desk, id: string}} props */
export function FloorForm({ desk, id }) {
  const lot = desk.lot.value;
  const paddle = useSignal('');
  const amount = useSignal('');
  const amountBox = useRef(/** @type {HTMLInputElement | null} */ (null));
  const running = lot?.phase === 'OPEN';
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const who = paddleOf(paddle.value);
    const read = amount.value.trim() === '' ? { minor: lot?.ask ?? 0n } : parseAmount(amount.value, desk.currency);
    if (!running || !who) return;
    if (document.activeElement?.id === id) return amountBox.current?.focus();
    if (!('minor' in read)) return amountBox.current?.select();
    desk.floor(who, read.minor);
    paddle.value = '';
    amount.value = '';
    /** @type {HTMLElement | null} */ (document.activeElement)?.blur();
  };
  return html`
    <form class="floor" onSubmit=${submit} aria-label=${t('act-floor')}>
      <label class="field"><span>${t('paddle')} <kbd>F</kbd></span>
        <input id=${id} class="input" inputmode="numeric" autocomplete="off" dir="ltr" value=${paddle} disabled=${!running}
          onInput=${(/** @type {any} */ event) => { paddle.value = event.currentTarget.value; }} /></label>
      <label class="field"><span>${t('amount')}</span>
        <input ref=${amountBox} class="input" inputmode="decimal" autocomplete="off" dir="ltr" value=${amount} disabled=${!running}
          placeholder=${running ? figure(lot.ask, desk.currency) : ''}
          onInput=${(/** @type {any} */ event) => { amount.value = event.currentTarget.value; }} /></label>
      <button type="submit" class="button" disabled=${!running}>${t('floor-send')}</button>
    </form>`;
}

/**
 * A dialog with one amount.
 * @param {Desk} desk @param {string} title @param {bigint} start @param {string} hint @param {(minor: bigint) => void} onAmount
 */
function askAmount(desk, title, start, hint, onAmount) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (/** @type {HTMLFormElement} */ (event.currentTarget).elements.namedItem('amount'));
    const read = parseAmount(field.value, desk.currency);
    if (!('minor' in read)) {
      field.setAttribute('aria-invalid', 'true');
      return field.select();
    }
    close();
    onAmount(read.minor);
  };
  show(() => html`
    <form class="stack" onSubmit=${submit}>
      <h2 id="dialog-title">${title}</h2>
      <label class="field"><span>${t('amount-in', { currency: t('currency', { currency: desk.currency }) })}</span>
        <input class="input" name="amount" inputmode="decimal" autocomplete="off" dir="ltr" data-first value=${figure(start, desk.currency)} /></label>
      <p class="hint">${hint}</p>
      <div class="dialog-acts"><button type="button" class="button" onClick=${close}>${t('cancel')}</button>
        <button type="submit" class="button button-main">${title}</button></div>
    </form>`);
}

/** @param {Desk} desk */
export function askForm(desk) {
  const lot = desk.lot.value;
  if (lot) askAmount(desk, t('act-ask'), lot.ask, t('ask-hint', { price: money(lot.price, desk.currency) }), (ask) => desk.onLot('setAsk', { ask: String(ask) }));
}

/** @param {Desk} desk */
export function reofferForm(desk) {
  const opening = BigInt(desk.lots.get(desk.current.value)?.english?.opening ?? 0);
  askAmount(desk, t('act-reoffer'), opening, t('reoffer-hint'), (minor) => desk.onLot('reofferLot', minor === opening ? {} : { opening: String(minor) }));
}

/** @param {import('./keys.js').KeyAct[]} acts */
export function help(acts) {
  show(() => html`
    <div class="stack"><h2 id="dialog-title">${t('keys-title')}</h2>
      <dl class="keymap">${acts.map((act) => html`<div><dt>${act.keys.map((name) => html`<kbd>${cap(name)}</kbd> `)}</dt><dd>${t(act.text)}</dd></div>`)}</dl>
      <p class="hint">${t('keys-hint')}</p>
      <div class="dialog-acts"><button type="button" class="button button-main" data-first onClick=${close}>${t('close')}</button></div></div>`);
}

/** @param {Desk} desk */
export function inviteForm(desk) {
  show(() => html`<${Invite} desk=${desk} />`);
}

/** The QR code the server drew, as an image of the page. @param {{svg: string}} props */
function Qr({ svg }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const drawn = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
    if (drawn.localName === 'svg') place.current?.replaceChildren(document.importNode(drawn, true));
  }, [svg]);
  return html`<div class="qr" role="img" aria-label=${t('invite-qr')} ref=${place}></div>`;
}

/** @param {{desk: Desk}} props */
function Invite({ desk }) {
  const made = useSignal(/** @type {{link: string, qrSvg: string, paddle: number} | null} */ (null));
  const problem = useSignal('');
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const paddle = paddleOf(String(form.get('paddle')));
    const typed = String(form.get('limit')).trim();
    const limit = typed ? parseAmount(typed, desk.currency) : null;
    if (!paddle || (limit && !('minor' in limit))) return void (problem.value = t('invite-incomplete'));
    const body = { role: 'ROLE_BIDDER', sale: desk.sale, paddle, ...(limit ? { limit: String(limit.minor) } : {}), label: String(form.get('label')).trim() };
    const outcome = await ask('/api/invites', { method: 'POST', body });
    if (outcome.ok) made.value = { link: outcome.body.link, qrSvg: outcome.body.qrSvg ?? outcome.body.qr_svg ?? '', paddle: outcome.body.paddle || paddle };
    else problem.value = said(outcome.fault?.message) || t('fault-other', { code: outcome.fault?.code ?? String(outcome.status) });
  };
  if (made.value) {
    const { link, qrSvg, paddle } = made.value;
    return html`<div class="stack invite"><h2 id="dialog-title">${t('invite-for', { paddle: number(paddle) })}</h2>
      <${Qr} svg=${qrSvg} />
      <label class="field"><span>${t('invite-link')}</span><input class="input" readonly dir="ltr" value=${link} onFocus=${(/** @type {any} */ event) => event.currentTarget.select()} /></label>
      <p class="hint">${t('invite-once')}</p>
      <div class="dialog-acts"><button type="button" class="button button-main" onClick=${close}>${t('close')}</button></div></div>`;
  }
  return html`<form class="stack" onSubmit=${submit}><h2 id="dialog-title">${t('act-invite')}</h2>
    <label class="field"><span>${t('paddle')}</span><input class="input" name="paddle" inputmode="numeric" autocomplete="off" dir="ltr" required data-first /></label>
    <label class="field"><span>${t('invite-limit')}</span><input class="input" name="limit" inputmode="decimal" autocomplete="off" dir="ltr" /></label>
    <label class="field"><span>${t('invite-label')}</span><input class="input" name="label" maxlength="60" autocomplete="off" dir="auto" /></label>
    <p class="hint">${t('invite-hint')}</p>
    ${problem.value && html`<p class="hint hint-bad" role="alert">${problem}</p>`}
    <div class="dialog-acts"><button type="button" class="button" onClick=${close}>${t('cancel')}</button>
      <button type="submit" class="button button-main">${t('invite-make')}</button></div></form>`;
}
