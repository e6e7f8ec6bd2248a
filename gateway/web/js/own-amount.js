// The sheet for a maximum or another amount. While it is open nothing else on the page can be pressed, and
// it stays where it is: its parts keep their places from the press of a button to what comes of it, and
// where "Send" lies nothing else ever lies that bids.

import { html } from '../vendor/htm-preact.js';
import { useEffect } from '../vendor/preact-hooks.js';
import { useSignal } from '../vendor/signals.js';
import { Whole } from './bid-box.js';
import { close, isOpen, show } from './dialog.js';
import { key, t } from './l10n.js';
import { figure, lotNumber, money, number, parseAmount, problemText } from './money.js';
import { STANDING, UNSURE, noteOf, onTheWay, standing, waitsFor } from './own.js';
import { Icon, Money, timeOf } from './ui.js';
import { big } from './wire.js';

/** @typedef {import('./bidder.js').Room} Room */
/** @typedef {import('./wire.js').Lot} Lot */
/** @typedef {import('./commands.js').Entry} Entry */

/** @param {Room} room @param {number} lot */
export function openSheet(room, lot) {
  room.note(lot, null);
  if (!isOpen()) show(() => html`<${Sheet} room=${room} number=${lot} />`, 'sheet');
}

/** @param {{room: Room, number: number}} props */
function Sheet({ room, number: of }) {
  const lot = room.live.picture.lot(of).value;
  const asked = room.asked.value?.body.lot === of ? room.asked.value : null;
  useEffect(() => () => { room.asked.value = null; }, []);
  if (!lot) return null;
  return html`
    <div class="own-amount">
      <header class="sheet-head">
        ${asked ? html`<${Yes} room=${room} lot=${lot} entry=${asked} />` : html`<h2 id="dialog-title">${t('own-amount')}: ${t('lot-n', { lot: lotNumber(of, room.book.of(of)) })}</h2>`}
        <button type="button" class="button sheet-close" onClick=${close}>${t('close')}</button>
      </header>
      <${Stands} room=${room} lot=${lot} />
      <${Form} room=${room} lot=${lot} asked=${asked} />
    </div>`;
}

/**
 * R1: an improbable jump is asked about before it becomes a bid. The answer lies in the head of the sheet,
 * which "Send" never reaches, however the sheet is scrolled.
 * @param {{room: Room, lot: Lot, entry: Entry}} props
 */
function Yes({ room, lot, entry }) {
  const isIdle = Boolean(waitsFor(room, lot) || onTheWay(room, 'placeBid', lot));
  const yes = () => {
    if (isIdle) return;
    room.asked.value = null;
    room.bid(lot.lot, big(entry.body.amount), entry.body.kind, entry.id);
  };
  return html`<button type="button" class="button button-main sheet-yes" aria-disabled=${isIdle} onClick=${yes}>${t('confirm-yes', { amount: money(big(entry.body.amount), room.currency) })}</button>`;
}

/** What the amount will be measured against, each in a place of its own. @param {{room: Room, lot: Lot}} props */
function Stands({ room, lot }) {
  const time = timeOf(lot, room.live.picture.board.value, room.live.clock);
  const own = room.live.isLive ? STANDING[standing(lot, room.paddle.value, room.live.picture.mine.value)] : UNSURE;
  const fact = (/** @type {string} */ name, /** @type {any} */ value) => html`<div><dt>${name}</dt><dd class="place">${value}</dd></div>`;
  return html`
    <dl class="sheet-facts">
      ${fact(t('price-now'), lot.price > 0n ? html`<${Money} minor=${lot.price} currency=${room.currency} />` : '\u2014')}
      ${fact(t('amount-least'), html`<${Money} minor=${lot.ask} currency=${room.currency} />`)}
    </dl>
    <p class="sheet-own ${own.tone}"><span><${Icon} name=${own.icon} /> ${t(own.text)}</span><span class="small soft">${time.label} <bdi>${time.value}</bdi></span></p>`;
}

/** @param {{room: Room, lot: Lot, asked: Entry | null}} props */
function Form({ room, lot, asked }) {
  const { currency } = room;
  const typed = useSignal('');
  const kind = useSignal('BID_KIND_MAXIMUM');
  const tried = useSignal(false);
  const pending = onTheWay(room, 'placeBid', lot);
  const waits = waitsFor(room, lot);
  const read = parseAmount(typed.value, currency);
  const low = 'minor' in read && read.minor < lot.ask && lot.leader !== room.paddle.value;
  const problem = 'problem' in read ? problemText(read.problem) : low ? t('amount-low', { ask: money(lot.ask, currency) }) : '';
  // What is asked about stands in the field: writing in it takes the question back.
  useEffect(() => {
    if (!asked) return;
    typed.value = figure(big(asked.body.amount), currency);
    kind.value = asked.body.kind;
  }, [asked]);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    tried.value = true;
    if (problem || waits || pending || asked || !('minor' in read)) return;
    room.bid(lot.lot, read.minor, kind.value);
    typed.value = '';
    tried.value = false;
  };
  const onInput = (/** @type {any} */ event) => {
    typed.value = event.currentTarget.value;
    tried.value = false;
    room.asked.value = null;
    room.note(lot.lot, null);
  };
  const onChoice = (/** @type {string} */ value) => {
    kind.value = value;
    room.asked.value = null;
  };
  const isProblemShown = problem && (tried.value || (typed.value !== '' && 'problem' in read && read.problem !== 'unclear'));
  const choice = (/** @type {string} */ value, /** @type {string} */ name, /** @type {string} */ text) => html`
    <label class="choice"><input type="radio" name="kind" value=${name} checked=${kind.value === value} onChange=${() => onChoice(value)} /><span>${text}</span></label>`;
  const layer = (/** @type {boolean} */ isShown, /** @type {any} */ text) => html`<p class="hint layer ${isShown ? '' : 'is-away'}">${text}</p>`;
  return html`
    <form class="sheet-form" onSubmit=${submit} novalidate>
      <fieldset class="choices"><legend class="unseen">${t('own-kind')}</legend>
        ${choice('BID_KIND_MAXIMUM', 'maximum', t('own-kind-maximum'))}
        ${choice('BID_KIND_FLAT', 'flat', t('own-kind-flat'))}
      </fieldset>
      <div class="layers">
        ${layer(!asked && kind.value === 'BID_KIND_MAXIMUM', t('own-maximum-hint'))}
        ${layer(!asked && kind.value === 'BID_KIND_FLAT', t('own-flat-hint'))}
        <p class="hint-bad layer ${asked ? 'sheet-asked' : 'is-away'}" role=${asked ? 'alert' : null}>${t('confirm-title')} ${t('confirm-why')}</p>
      </div>
      <label class="field"><span>${t('amount-in', { currency: t('currency', { currency }) })}</span>
        <input class="input" inputmode="decimal" autocomplete="off" dir="ltr" value=${typed} aria-invalid=${Boolean(isProblemShown)}
          aria-describedby="amount-read" data-first onInput=${onInput} />
      </label>
      <${Whole} room=${room} lot=${lot} minor=${'minor' in read ? read.minor : undefined} />
      <button type="submit" class="button button-main sheet-send" aria-disabled=${Boolean(waits || pending || asked || 'problem' in read)}>
        ${pending ? t('button-pending', { amount: money(big(pending.body.amount), currency) }) : 'minor' in read ? t('own-send', { amount: money(read.minor, currency) }) : t('own-send-empty')}
      </button>
      <${Came} room=${room} lot=${lot} problem=${isProblemShown ? problem : waits} />
    </form>`;
}

/** Beneath everything, where its length moves nothing: what is wrong, else what came of it. @param {{room: Room, lot: Lot, problem: string}} props */
function Came({ room, lot, problem }) {
  const note = noteOf(room, lot);
  const maximum = room.live.picture.mine.value?.maxima.get(lot.lot);
  return html`
    <p id="amount-read" class="hint hint-bad" role="status">${problem || '\u00a0'}</p>
    ${note && html`<div class="notice ${note.tone}" data-came><${Icon} name=${note.icon} /><p>${note.text}</p></div>`}
    ${maximum !== undefined && html`<p class="hint">${t('own-maximum-now', { amount: money(maximum, room.currency) })}</p>`}`;
}
