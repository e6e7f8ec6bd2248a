// The one large button, the way to another amount, and what came of the last press. What comes and goes
// stands beneath what is pressed.

import { html } from '../vendor/htm-preact.js';
import { useRef } from '../vendor/preact-hooks.js';
import { lang } from './env.js';
import { key, t } from './l10n.js';
import { money } from './money.js';
import { noteOf, onTheWay, standing, waitsFor } from './own.js';
import { Press } from './press.js';
import { wholeText } from './terms.js';
import { Icon, Money, beat, span, until } from './ui.js';

/** @typedef {import('./bidder.js').Room} Room */
/** @typedef {import('./wire.js').Lot} Lot */

/** What an amount comes to, where the lot is sold by measure: a line that is always there. @param {{room: Room, lot: Lot, minor: bigint | undefined}} props */
export function Whole({ room, lot, minor }) {
  const terms = room.book.of(lot.lot);
  if (lot.phase !== 'OPEN' || !wholeText(0n, terms, room.currency)) return null;
  return html`<p class="hint bid-whole">${minor === undefined ? '\u00a0' : wholeText(minor, terms, room.currency, lang, key('whole-bid'))}</p>`;
}

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
      <button type="button" class="bid-button" aria-disabled=${idle} data-new=${isNew ? '' : null}
        onPointerDown=${() => press.down(performance.now())} onPointerCancel=${() => press.leave()} onPointerLeave=${onPointerLeave} onClick=${onClick}>
        ${label
          ? html`<span class="bid-word">${label}</span>`
          : html`<span class="bid-word">${t('button-bid')}</span><span class="bid-amount place"><${Money} minor=${lot.ask} currency=${currency} /></span>`}
      </button>
      <${Whole} room=${room} lot=${lot} minor=${lot.ask} />
      ${lot.phase === 'OPEN' && html`<button type="button" class="button own-amount-open" aria-haspopup="dialog" onClick=${() => room.openSheet(lot.lot)}>${t('own-amount')}</button>`}
      <${Offer} room=${room} lot=${lot} blocked=${Boolean(waits)} />
      <${Note} room=${room} lot=${lot} />
    </section>`;
}

/** What came of the last bid on this lot; it is also announced when it comes. @param {{room: Room, lot: Lot}} props */
function Note({ room, lot }) {
  const note = noteOf(room, lot);
  if (!note) return null;
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
        <p>${t('reaffirm-offer', { amount: money(offer.price, room.currency), rest: rest === undefined ? '' : span(rest) })}</p>
        <button type="button" class="button button-main reaffirm" aria-disabled=${idle}
          onClick=${() => { if (!waitsFor(room, lot) && !onTheWay(room, 'reaffirm', lot)) room.reaffirm(lot.lot); }}>${t('reaffirm')}</button>
      </div>
    </div>`;
}
