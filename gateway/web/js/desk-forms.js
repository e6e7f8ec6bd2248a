// The clerk's forms: floor bid, own ask, re-offer, ceiling, order, admission, limit, presence, invitation, and the map of keys.

import { html } from '../vendor/htm-preact.js';
import { useRef } from '../vendor/preact-hooks.js';
import { useSignal } from '../vendor/signals.js';
import { Acts, askReason, close, show, submits } from './dialog.js';
import { ask } from './http.js';
import { cap } from './keys.js';
import { said, t } from './l10n.js';
import { figure, lotNumber, money, number, parseAmount, parseNumber, problemText } from './money.js';
import { keepFocus } from './press.js';
import { Qr } from './qr.js';
import { REASONS } from './reasons.js';

/** @typedef {import('./desk.js').Desk} Desk */

/**
 * Paddle, amount, Enter. The amount is the ask until another is typed: the ask that stood there when the
 * clerk began, however far it has risen since. @param {{desk: Desk, id: string}} props
 */
export function FloorForm({ desk, id }) {
  const lot = desk.lot.value;
  const paddle = useSignal('');
  const amount = useSignal('');
  const meant = useSignal(/** @type {bigint | null} */ (null));
  const amountBox = useRef(/** @type {HTMLInputElement | null} */ (null));
  const running = lot?.phase === 'OPEN';
  const ask = lot?.ask ?? 0n;
  const least = meant.value ?? ask;
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const who = parseNumber(paddle.value);
    const read = amount.value.trim() === '' ? { minor: least } : parseAmount(amount.value, desk.currency);
    const why = desk.waits() || (running ? '' : t('not-now')) || (who ? '' : t('number-unclear'));
    if (why) return desk.refuse(why);
    if (document.activeElement?.id === id) return amountBox.current?.focus();
    if ('problem' in read) {
      amountBox.current?.select();
      return desk.refuse(problemText(read.problem));
    }
    desk.floor(who, read.minor);
    desk.said.value = '';
    paddle.value = '';
    amount.value = '';
    meant.value = null;
    /** @type {HTMLElement | null} */ (document.activeElement)?.blur();
  };
  const clear = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Escape') return;
    paddle.value = '';
    amount.value = '';
    meant.value = null;
  };
  const onPaddle = (/** @type {any} */ event) => {
    paddle.value = event.currentTarget.value;
    if (paddle.value === '') meant.value = null;
    else if (meant.value === null) meant.value = ask;
  };
  return html`
    <form class="floor" onSubmit=${submit} onKeyDown=${clear} onMouseDown=${keepFocus} aria-label=${t('act-floor')}>
      <label class="field"><span>${t('paddle')} <kbd>F</kbd></span>
        <input id=${id} class="input" inputmode="numeric" autocomplete="off" dir="ltr" value=${paddle} disabled=${!running} onInput=${onPaddle} /></label>
      <label class="field"><span>${t('amount')}</span>
        <input ref=${amountBox} class="input" inputmode="decimal" autocomplete="off" dir="ltr" value=${amount} disabled=${!running}
          placeholder=${running ? figure(least, desk.currency) : ''}
          onInput=${(/** @type {any} */ event) => { amount.value = event.currentTarget.value; }} /></label>
      <button type="submit" class="button" disabled=${!running}>${t('floor-send')}</button>
      ${meant.value !== null && meant.value !== ask && amount.value.trim() === '' && html`<p class="hint hint-bad floor-moved">
        ${t('floor-moved', { amount: money(meant.value, desk.currency), ask: money(ask, desk.currency) })}</p>`}
    </form>`;
}

/** @param {string} name @param {string} label @param {Record<string, any>} [rest] */
const field = (name, label, rest = {}) => html`
  <label class="field"><span>${label}</span><input class="input" name=${name} autocomplete="off" dir="ltr" ...${rest} /></label>`;

/**
 * A dialog with one amount.
 * @param {Desk} desk @param {string} title @param {bigint} start @param {string} hint @param {(minor: bigint) => void} onAmount
 */
function askAmount(desk, title, start, hint, onAmount) {
  const label = t('amount-in', { currency: t('currency', { currency: desk.currency }) });
  const submit = submits(desk.waits, (form) => {
    const read = parseAmount(String(form.get('amount')), desk.currency);
    if ('problem' in read) return problemText(read.problem);
    onAmount(read.minor);
  });
  show(() => html`
    <form class="stack" onSubmit=${submit}>
      <h2 id="dialog-title">${title}: ${t('lot-n', { lot: lotNumber(desk.current.peek(), desk.book.of(desk.current.peek())) })}</h2>
      ${field('amount', label, { inputmode: 'decimal', 'data-first': true, defaultValue: figure(start, desk.currency) })}
      <p class="hint">${hint}</p>
      <${Acts} yes=${title} waits=${desk.waits} />
    </form>`);
}

/** @param {Desk} desk */
export function askForm(desk) {
  const lot = desk.lot.value;
  if (lot) askAmount(desk, t('act-ask'), lot.ask, t('ask-hint', { price: money(lot.price, desk.currency) }), (ask) => desk.send('setAsk', { lot: lot.lot, ask: String(ask) }));
}

/** @param {Desk} desk */
export function reofferForm(desk) {
  const lot = desk.current.value;
  const opening = BigInt(desk.book.of(lot).english?.opening ?? 0);
  askAmount(desk, t('act-reoffer'), opening, t('reoffer-hint'), (minor) => desk.send('reofferLot', minor === opening ? { lot } : { lot, opening: String(minor) }));
}

/** R1: more may be bid on the lot on screen. @param {Desk} desk */
export function ceilingForm(desk) {
  const lot = desk.lot.value;
  if (!lot) return;
  const title = t('act-ceiling');
  const label = t('amount-in', { currency: t('currency', { currency: desk.currency }) });
  askReason({
    title: `${title}: ${t('lot-n', { lot: lotNumber(lot.lot, desk.book.of(lot.lot)) })}`, yes: title, waits: desk.waits, made: REASONS.raiseCeiling,
    fields: html`<p class="hint">${t('ceiling-hint', { ceiling: money(lot.ceiling, desk.currency) })}</p>${field('ceiling', label, { inputmode: 'decimal', 'data-first': true, required: true })}`,
    onYes: (reason, form) => {
      const read = parseAmount(String(form.get('ceiling')), desk.currency);
      if ('problem' in read) return problemText(read.problem);
      desk.send('raiseCeiling', { lot: lot.lot, ceiling: String(read.minor), reason });
    },
  });
}

/** R13: another limit for a paddle, from its next bid on. @param {Desk} desk */
export function limitForm(desk) {
  const title = t('act-limit');
  const submit = submits(desk.waits, (form) => {
    const paddle = parseNumber(String(form.get('paddle')));
    if (!paddle) return t('number-unclear');
    const read = parseAmount(String(form.get('limit')), desk.currency);
    if ('problem' in read) return problemText(read.problem);
    desk.send('setLimit', { paddle, limit: String(read.minor) });
  });
  show(() => html`
    <form class="stack" onSubmit=${submit}>
      <h2 id="dialog-title">${title}</h2>
      ${field('paddle', t('paddle'), { inputmode: 'numeric', required: true, 'data-first': true })}
      ${field('limit', t('limit-in', { currency: t('currency', { currency: desk.currency }) }), { inputmode: 'decimal', required: true })}
      <p class="hint">${t('limit-hint')}</p>
      <${Acts} yes=${title} waits=${desk.waits} />
    </form>`);
}

/** R12a: the owner of a web paddle has come into the hall, or has left it. @param {Desk} desk */
export function presenceForm(desk) {
  const title = t('act-presence');
  const submit = submits(desk.waits, (form) => {
    const paddle = parseNumber(String(form.get('paddle')));
    if (!paddle) return t('number-unclear');
    desk.send('markPresence', { paddle, present: form.get('present') === 'yes' });
  });
  const choice = (/** @type {string} */ value, /** @type {string} */ text, /** @type {boolean} */ isFirst) => html`
    <label class="choice"><input type="radio" name="present" value=${value} defaultChecked=${isFirst} /><span>${text}</span></label>`;
  show(() => html`
    <form class="stack" onSubmit=${submit}>
      <h2 id="dialog-title">${title}</h2>
      ${field('paddle', t('paddle'), { inputmode: 'numeric', required: true, 'data-first': true })}
      <fieldset class="choices"><legend class="unseen">${title}</legend>${choice('yes', t('presence-yes'), true)}${choice('no', t('presence-no'), false)}</fieldset>
      <p class="hint">${t('presence-hint')}</p>
      <${Acts} yes=${title} waits=${desk.waits} />
    </form>`);
}

/** The lot on screen goes to another place among those to come. @param {Desk} desk */
export function orderForm(desk) {
  const lot = desk.current.value;
  const others = () => desk.upcoming.filter((other) => other !== lot);
  const follower = desk.upcoming[desk.upcoming.indexOf(lot) + 1] ?? 0;
  const shown = others();
  const submit = submits(desk.waits, (form) => {
    const order = others();
    const before = order.indexOf(Number(form.get('before')));
    order.splice(before < 0 ? order.length : before, 0, lot);
    desk.send('reorderLots', { order });
  });
  show(() => html`
    <form class="stack" onSubmit=${submit}>
      <h2 id="dialog-title">${t('act-order')}: ${t('lot-n', { lot: lotNumber(lot, desk.book.of(lot)) })}</h2>
      <label class="field"><span>${t('order-place')}</span><select class="input" name="before" data-first>
        ${shown.map((other) => html`<option value=${other} selected=${other === follower}>${t('order-before', { lot: lotNumber(other, desk.book.of(other)) })} ${said(desk.book.of(other).title)}</option>`)}
        <option value="0" selected=${follower === 0}>${t('order-last')}</option></select></label>
      <${Acts} yes=${t('act-order')} waits=${desk.waits} />
    </form>`);
}

/** A paddle that bids in the hall only, without a device. @param {Desk} desk */
export function admitForm(desk) {
  const submit = submits(desk.waits, (form) => {
    const paddle = parseNumber(String(form.get('paddle')));
    const typed = String(form.get('limit')).trim();
    const limit = typed ? parseAmount(typed, desk.currency) : null;
    if (!paddle) return t('number-unclear');
    if (limit && 'problem' in limit) return problemText(limit.problem);
    desk.send('admitPaddle', { paddle, ...(limit ? { limit: String(limit.minor) } : {}) });
  });
  show(() => html`
    <form class="stack" onSubmit=${submit}>
      <h2 id="dialog-title">${t('act-admit')}</h2>
      ${field('paddle', t('paddle'), { inputmode: 'numeric', required: true, 'data-first': true })}
      ${field('limit', t('invite-limit'), { inputmode: 'decimal' })}
      <p class="hint">${t('admit-hint')}</p>
      <${Acts} yes=${t('act-admit')} waits=${desk.waits} />
    </form>`);
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

/** @param {{desk: Desk}} props */
function Invite({ desk }) {
  const made = useSignal(/** @type {{link: string, qrSvg: string, paddle: number} | null} */ (null));
  const problem = useSignal('');
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const paddle = parseNumber(String(form.get('paddle')));
    const typed = String(form.get('limit')).trim();
    const limit = typed ? parseAmount(typed, desk.currency) : null;
    if (!paddle || (limit && !('minor' in limit))) return void (problem.value = t('invite-incomplete'));
    const body = { role: 'ROLE_BIDDER', sale: desk.sale, paddle, ...(limit ? { limit: String(limit.minor) } : {}), label: String(form.get('label')).trim(), endLogins: form.get('end') === 'yes' };
    const outcome = await ask('/api/invites', { method: 'POST', body });
    if (outcome.ok) made.value = { link: outcome.body.link, qrSvg: outcome.body.qrSvg ?? outcome.body.qr_svg ?? '', paddle: outcome.body.paddle || paddle };
    else problem.value = said(outcome.fault?.message) || t('fault-other', { code: outcome.fault?.code ?? String(outcome.status) });
  };
  if (made.value) {
    const { link, qrSvg, paddle } = made.value;
    return html`<div class="stack invite"><h2 id="dialog-title">${t('invite-for', { paddle: number(paddle) })}</h2>
      <${Qr} svg=${qrSvg} label=${t('invite-qr')} />
      <label class="field"><span>${t('invite-link')}</span><input class="input" readonly dir="ltr" value=${link} onFocus=${(/** @type {any} */ event) => event.currentTarget.select()} /></label>
      <p class="hint">${t('invite-once')}</p>
      <div class="dialog-acts"><button type="button" class="button button-main" onClick=${close}>${t('close')}</button></div></div>`;
  }
  return html`<form class="stack" onSubmit=${submit}><h2 id="dialog-title">${t('act-invite')}</h2>
    ${field('paddle', t('paddle'), { inputmode: 'numeric', required: true, 'data-first': true })}
    ${field('limit', t('invite-limit'), { inputmode: 'decimal' })}
    ${field('label', t('invite-label'), { maxlength: 60, dir: 'auto' })}
    <label class="row"><input type="checkbox" name="end" value="yes" /> <span>${t('invite-end-logins')}</span></label>
    <p class="hint">${t('invite-hint')}</p>
    ${problem.value && html`<p class="hint hint-bad" role="alert">${problem}</p>`}
    <div class="dialog-acts"><button type="button" class="button" onClick=${close}>${t('cancel')}</button>
      <button type="submit" class="button button-main">${t('invite-make')}</button></div></form>`;
}
