// The one large button, the own amount, and what came of the last press.

import { html } from '../vendor/htm-preact.js';
import { useRef } from '../vendor/preact-hooks.js';
import { useSignal } from '../vendor/signals.js';
import { lang } from './env.js';
import { key, t } from './l10n.js';
import { money, parseAmount, problemText } from './money.js';
import { standing } from './own.js';
import { Press } from './press.js';
import { wholeText } from './terms.js';
import { Icon, Money, beat, span, until } from './ui.js';

/** @typedef {import('./bidder.js').Room} Room */
/** @typedef {import('./wire.js').Lot} Lot */

/** Why the button waits; empty when it may be pressed. @param {Room} room @param {Lot} lot */
function waitsFor(room, lot) {
  const board = room.live.picture.board.value;
  if (!room.live.isLive) return t('button-line');
  if (board?.phase === 'ANNOUNCED') return t('sale-announced');
  if (board?.phase === 'PAUSED') return t('sale-paused');
  if (board?.phase === 'ENDED') return t('sale-ended');
  if (lot.phase === 'UPCOMING') return t('button-upcoming');
  if (lot.phase === 'CLOSED') return t('button-closed');
  return '';
}

/** What of this kind is on its way for a lot. @param {Room} room @param {string} act @param {Lot} lot */
const onTheWay = (room, act, lot) =>
  room.live.commands.pending.value.find((item) => item.act === act && item.body.lot === lot.lot);

/** @param {{room: Room, lot: Lot}} props */
export function BidBox({ room, lot }) {
  const { currency, live } = room;
  const press = useRef(new Press()).current;
  const own = standing(lot, room.paddle.value, live.picture.mine.value);
  const pending = onTheWay(room, 'placeBid', lot);
  const waits = waitsFor(room, lot);
  const idle = Boolean(waits || pending || own === 'leading');
  const now = performance.now();
  press.shows(idle ? null : lot.ask, now);
  const isNew = !press.isRead(now);
  // Drawn again when it can have been read.
  if (isNew) void beat.value;
  const onClick = (/** @type {MouseEvent} */ event) => {
    const amount = press.take(performance.now(), event.detail > 0);
    if (amount !== null && !waitsFor(room, lot) && !onTheWay(room, 'placeBid', lot)) room.bid(lot.lot, amount, 'BID_KIND_FLAT');
  };
  // A finger that is lifted leaves the button before its click comes: only a pressed pointer goes elsewhere.
  const onPointerLeave = (/** @type {PointerEvent} */ event) => { if (event.buttons) press.leave(); };
  const label = pending
    ? t('button-pending', { amount: money(BigInt(pending.body.amount), currency) })
    : waits || (own === 'leading' ? t('button-leading') : '');
  return html`
    <section class="bid-box" aria-label=${t('bid-region')}>
      <${Note} room=${room} lot=${lot} />
      <${Offer} room=${room} lot=${lot} blocked=${Boolean(waits)} />
      <button type="button" class="bid-button" aria-disabled=${idle} data-new=${isNew ? '' : null}
        onPointerDown=${() => press.down(performance.now())} onPointerCancel=${() => press.leave()} onPointerLeave=${onPointerLeave} onClick=${onClick}>
        ${label
          ? html`<span class="bid-word">${label}</span>`
          : html`<span class="bid-word">${t('button-bid')}</span><span class="bid-amount"><${Money} minor=${lot.ask} currency=${currency} /></span>`}
      </button>
      <${Whole} room=${room} lot=${lot} minor=${lot.ask} />
      ${lot.phase === 'OPEN' && html`<${OwnAmount} key=${lot.lot} room=${room} lot=${lot} blocked=${Boolean(waits || pending)} />`}
    </section>`;
}

/** What an amount comes to, where the lot is sold by measure: a line that is always there. @param {{room: Room, lot: Lot, minor: bigint | undefined}} props */
function Whole({ room, lot, minor }) {
  const terms = room.book.of(lot.lot);
  if (lot.phase !== 'OPEN' || !wholeText(0n, terms, room.currency)) return null;
  return html`<p class="hint">${minor === undefined ? '\u00a0' : wholeText(minor, terms, room.currency, lang, key('whole-bid'))}</p>`;
}

/** What came of the last bid on this lot; it is also announced when it comes. @param {{room: Room, lot: Lot}} props */
function Note({ room, lot }) {
  const note = room.notes.value.get(lot.lot);
  // "You lead" is not left standing once it is no longer so.
  const leads = standing(lot, room.paddle.value, room.live.picture.mine.value) === 'leading';
  if (!note || (note.leads && !leads)) return null;
  return html`<div class="notice ${note.tone}"><${Icon} name=${note.icon} /><p>${note.text}</p></div>`;
}

/** R12b: a former leader may take the lead again at the same amount. @param {{room: Room, lot: Lot, blocked: boolean}} props */
function Offer({ room, lot, blocked }) {
  const offer = lot.offer;
  if (!offer || offer.paddle !== room.paddle.value || lot.phase !== 'OPEN') return null;
  const rest = until(room.live.clock, offer.until);
  const idle = blocked || Boolean(onTheWay(room, 'reaffirm', lot));
  return html`
    <div class="notice is-warn"><${Icon} name="warning" />
      <div class="stack">
        <p>${t('reaffirm-offer', { amount: money(offer.amount, room.currency), rest: rest === undefined ? '' : span(rest) })}</p>
        <button type="button" class="button button-main" aria-disabled=${idle}
          onClick=${() => { if (!waitsFor(room, lot) && !onTheWay(room, 'reaffirm', lot)) room.reaffirm(lot.lot); }}>${t('reaffirm')}</button>
      </div>
    </div>`;
}

/** @param {{room: Room, lot: Lot, blocked: boolean}} props */
function OwnAmount({ room, lot, blocked }) {
  const typed = useSignal('');
  const kind = useSignal('BID_KIND_MAXIMUM');
  const tried = useSignal(false);
  const read = parseAmount(typed.value, room.currency);
  const mine = room.live.picture.mine.value?.maxima.get(lot.lot);
  const low = 'minor' in read && read.minor < lot.ask && lot.leader !== room.paddle.value;
  const problem = 'problem' in read ? problemText(read.problem) : low ? t('amount-low', { ask: money(lot.ask, room.currency) }) : '';
  const showProblem = problem && (tried.value || (typed.value !== '' && 'problem' in read && read.problem !== 'unclear'));
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    tried.value = true;
    if (problem || blocked || !('minor' in read)) return;
    room.bid(lot.lot, read.minor, kind.value);
    typed.value = '';
    tried.value = false;
    // Back to where the price and the answer are.
    /** @type {HTMLElement | null} */ (document.activeElement)?.blur();
    form.closest('details')?.removeAttribute('open');
    document.querySelector('.now')?.scrollIntoView({ block: 'nearest' });
  };
  const choice = (/** @type {string} */ value, /** @type {string} */ text) => html`
    <label class="choice"><input type="radio" name="kind" checked=${kind.value === value} onChange=${() => { kind.value = value; }} /><span>${text}</span></label>`;
  return html`
    <details class="own-amount">
      <summary>${t('own-amount')}</summary>
      <form class="stack" onSubmit=${submit} novalidate>
        ${mine !== undefined && html`<p class="hint">${t('own-maximum-now', { amount: money(mine, room.currency) })}</p>`}
        <fieldset class="choices"><legend class="unseen">${t('own-kind')}</legend>
          ${choice('BID_KIND_MAXIMUM', t('own-kind-maximum'))}
          ${choice('BID_KIND_FLAT', t('own-kind-flat'))}
        </fieldset>
        <p class="hint">${kind.value === 'BID_KIND_MAXIMUM' ? t('own-maximum-hint') : t('own-flat-hint')}</p>
        <label class="field"><span>${t('amount-in', { currency: t('currency', { currency: room.currency }) })}</span>
          <input class="input" inputmode="decimal" autocomplete="off" dir="ltr" value=${typed} aria-invalid=${Boolean(showProblem)}
            aria-describedby="amount-read" onInput=${(/** @type {any} */ event) => { typed.value = event.currentTarget.value; tried.value = false; }} />
        </label>
        <p id="amount-read" class=${showProblem ? 'hint hint-bad' : 'hint'} role="status">
          ${showProblem ? problem : 'minor' in read ? t('amount-read', { amount: money(read.minor, room.currency) }) : '\u00a0'}
        </p>
        <${Whole} room=${room} lot=${lot} minor=${'minor' in read ? read.minor : undefined} />
        <button type="submit" class="button button-main" aria-disabled=${blocked}>
          ${'minor' in read ? t('own-send', { amount: money(read.minor, room.currency) }) : t('own-send-empty')}
        </button>
      </form>
    </details>`;
}
