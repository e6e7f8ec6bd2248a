// The bidder's room: one lot large, the other lots of the sale beside it.

import { html, render } from '../vendor/htm-preact.js';
import { computed, effect, signal } from '../vendor/signals.js';
import { BidBox } from './bid-box.js';
import { Book } from './book.js';
import { run } from './boot.js';
import { Dialogs } from './dialog.js';
import { lotAsked, root, sale } from './env.js';
import { key, said, t } from './l10n.js';
import { Live } from './live.js';
import { LotList } from './lot-list.js';
import { lotNumber, money, number } from './money.js';
import { STANDING, UNSURE, standing, verdict } from './own.js';
import { openSheet } from './own-amount.js';
import { begin } from './start.js';
import { LotFacts, kindOf, unitName, wholeText } from './terms.js';
import { Decision, Icon, Lamp, LineBand, Money, Title, When, announce, lineSaid, onChange, pauseNote, priceLabel, showDoubt, timeOf, until } from './ui.js';

/** @typedef {import('./wire.js').Lot} Lot */

export class Room {
  /** @param {Live} live @param {any} terms @param {Book} book @param {{role: string, paddle: number}} who */
  constructor(live, terms, book, who) {
    this.live = live;
    this.terms = terms;
    this.book = book;
    this.who = who;
    this.currency = terms.currency || 'EGP';
    this.chosen = signal(lotAsked);
    this.paddle = computed(() => live.picture.mine.value?.paddle || who.paddle);
    /** What came of the last bid, by lot. @type {import('./picture.js').Signal<Map<number, {tone: string, icon: string, text: string, leads?: boolean}>>} */
    this.notes = signal(new Map());
    /** R1: a bid that is not one until it is confirmed. @type {import('./picture.js').Signal<import('./commands.js').Entry | null>} */
    this.asked = signal(null);
    this.running = computed(() => live.picture.order.value.find((lot) => live.picture.lot(lot).value?.phase === 'OPEN') ?? 0);
    /** The lot on screen: the one asked for, else the one that runs, else the next. */
    this.current = computed(() => {
      const order = live.picture.order.value;
      if (order.includes(this.chosen.value)) return this.chosen.value;
      const next = order.find((lot) => live.picture.lot(lot).value?.phase === 'UPCOMING');
      return this.running.value || next || order[0] || 0;
    });
    // What is on screen stays there, also when it closes; a link offers the lot that runs then.
    effect(() => { if (this.current.value && !this.chosen.peek()) this.chosen.value = this.current.value; });
  }

  /** @param {number} lot */
  choose(lot) {
    this.chosen.value = lot;
    const address = new URL(location.href);
    address.searchParams.set('lot', String(lot));
    history.replaceState(null, '', address);
    scrollTo({ top: 0 });
  }

  /** @param {number} lot @param {bigint} amount @param {string} kind @param {string} [confirms] */
  bid(lot, amount, kind, confirms) {
    this.note(lot, null);
    this.live.commands.issue('placeBid', { lot, amount: String(amount), kind, ...(confirms ? { confirms } : {}) });
  }

  /** @param {number} lot */
  reaffirm(lot) {
    this.live.commands.issue('reaffirm', { lot });
  }

  /** @param {number} lot @param {{tone: string, icon: string, text: string} | null} note */
  note(lot, note) {
    const notes = new Map(this.notes.value);
    if (note) notes.set(lot, note);
    else notes.delete(lot);
    this.notes.value = notes;
  }

  /** An answer came. @param {import('./commands.js').Entry} entry */
  answered(entry) {
    const { result, body } = entry;
    if (result.kind === 'answer' && result.answer.code === 'needs-confirmation') {
      this.asked.value = entry;
      return openSheet(this, body.lot);
    }
    const note = verdict(entry, this.currency);
    this.note(body.lot, note);
    announce(note.text);
  }
}

/** Who leads, what it costs, how long: seen first. @param {{room: Room, lot: Lot, terms: any}} props */
function Now({ room, lot, terms }) {
  const { live, currency } = room;
  const board = live.picture.board.value;
  const time = timeOf(lot, board, live.clock);
  const own = live.isLive ? STANDING[standing(lot, room.paddle.value, live.picture.mine.value)] : UNSURE;
  const none = lot.price === 0n;
  const whole = wholeText(none ? room.book.opening(lot) : lot.price, terms, currency);
  return html`
    <section class="card now" aria-label=${t('now-region')}>
      <div class="now-price place">
        <h2 class="now-label">${priceLabel(lot)}</h2>
        <p class="now-figure changed" key=${String(lot.price)}><${Money} minor=${none ? room.book.opening(lot) : lot.price} currency=${currency} /></p>
        <p class="row soft small">${terms.unit && html`<span>${t('per-unit', { unit: unitName(terms.unit) })}</span>`}<span>${t('bids', { count: lot.bids, shown: number(lot.bids) })}</span></p>
        ${whole && html`<p class="soft small">${whole}</p>`}
      </div>
      <div class="now-time ${time.urgent ? 'is-urgent' : ''}">
        <h2 class="now-label">${time.label}</h2>
        <p class="now-clock" role="timer" aria-live="off"><bdi>${time.value || '\u2014'}</bdi></p>
        <${When} lot=${lot} board=${board} zone=${room.terms.timeZone} />
        ${lot.extensions > 0 && html`<p class="soft small">${t('extended', { count: lot.extensions, shown: number(lot.extensions) })}</p>`}
      </div>
      ${room.who.role === 'BIDDER' && html`<p class="now-own ${own.tone}"><${Icon} name=${own.icon} /> ${t(own.text)}
        <span class="now-paddle">${t('you-are', { paddle: number(room.paddle.value) })}</span></p>`}
    </section>`;
}

/** @param {{room: Room}} props */
function Limit({ room }) {
  const mine = room.live.picture.mine.value;
  if (!mine || mine.limit === 0n) return null;
  const rest = mine.limit > mine.exposure ? mine.limit - mine.exposure : 0n;
  const share = Number((mine.exposure * 100n) / mine.limit);
  return html`
    <div class="limit">
      <div class="row small"><span>${t('limit-rest')}</span><b><${Money} minor=${rest} currency=${room.currency} /></b></div>
      <meter min="0" max="100" high="85" value=${Math.min(100, share)} aria-label=${t('limit-used')}></meter>
      <p class="hint">${t('limit-of', { limit: money(mine.limit, room.currency), used: money(mine.exposure, room.currency) })}</p>
    </div>`;
}

/** @param {{room: Room}} props */
function Elsewhere({ room }) {
  const other = room.running.value;
  const shown = room.live.picture.lot(room.current.value).value;
  if (!other || other === room.current.value || shown?.phase === 'OPEN') return null;
  return html`<button type="button" class="button elsewhere" onClick=${() => room.choose(other)}>
    ${t('lot-runs', { lot: lotNumber(other, room.book.of(other)) })} <${Icon} name="next" turns /></button>`;
}

/** @param {{room: Room}} props */
function Page({ room }) {
  const { live } = room;
  const lot = live.picture.lot(room.current.value).value;
  const terms = room.book.of(room.current.value);
  const kind = kindOf(terms.kind);
  const note = pauseNote(live.picture.board.value);
  return html`
    <${LineBand} live=${live} />
    ${note && html`<div class="band is-warn" role="status">${t('sale-paused')}: <bdi dir="auto">${note}</bdi></div>`}
    <div class="room">
      ${!lot ? html`<p class="card soft">${t('waiting-picture')}</p>` : html`
      <div class="room-main">
        <header class="lot-head">
          <div class="row"><span class="lot-number">${t('lot-n', { lot: lotNumber(lot.lot, room.book.of(lot.lot)) })}</span><${Lamp} lot=${lot} board=${live.picture.board.value} />
            <span class="soft small kind"><${Icon} name=${kind.icon} /> ${kind.name}</span></div>
          <h1><${Title} of=${terms.title} /></h1>
        </header>
        <${Elsewhere} room=${room} />
        ${live.picture.mine.value?.present && html`<p class="notice is-info" role="status"><${Icon} name="hall" /><span>${t('mine-present')}</span></p>`}
        <${Now} room=${room} lot=${lot} terms=${terms} />
        <${Decision} lot=${lot} currency=${room.currency} />
        ${lot.note && html`<p class="notice is-info"><${Icon} name="warning" /><span><bdi dir="auto">${lot.note}</bdi></span></p>`}
        ${room.who.role === 'BIDDER'
          ? html`<${BidBox} key=${lot.lot} room=${room} lot=${lot} /><${Limit} room=${room} />`
          : html`<p class="notice is-info"><${Icon} name="web" /><span>${t('watching-only')}</span></p>`}
        <section class="card stack"><h2>${t('about-lot')}</h2>
          ${said(terms.description) && html`<p class="prose"><${Title} of=${terms.description} /></p>`}
          <${LotFacts} sale=${room.terms} terms=${terms} lot=${lot} currency=${room.currency} />
          <p><a href="/sales/${sale}/lots/${lot.lot}">${t('lot-page')}</a></p></section>
      </div>`}
      <${LotList} picture=${live.picture} lots=${room.book.lots.value} currency=${room.currency} current=${room.current.value}
        paddle=${room.paddle.value} onChoose=${(/** @type {number} */ n) => room.choose(n)} />
    </div>
    <${Dialogs} />`;
}

/** Spoken: price politely, one's own fate at once. @param {Room} room */
function speak(room) {
  const { live } = room;
  const lot = () => live.picture.lot(room.current.value).value;
  const mine = () => live.picture.mine.value;
  const here = (/** @type {unknown} */ value) => `${room.current.value} ${value}`;
  onChange(() => here(lot()?.price ?? 0n), () => {
    const now = lot();
    if (now && now.price > 0n) announce(t('say-price', { price: money(now.price, room.currency) }));
  });
  onChange(() => here(lot() ? standing(/** @type {Lot} */ (lot()), room.paddle.value, mine()) : 'none'), (now) => {
    const state = now.split(' ')[1];
    if (state === 'outbid') announce(t('own-outbid'), 'assertive');
    if (state === 'won') announce(t('own-won'), 'assertive');
  });
  onChange(() => Boolean(mine()?.present), (isPresent) => announce(t(isPresent ? 'mine-present' : 'mine-left'), 'assertive'));
  // A lot that is not on screen takes the bidder's money too.
  const beaten = () => [...(mine()?.maxima.keys() ?? [])].filter((number) => {
    const other = live.picture.lot(number).value;
    return other && standing(other, room.paddle.value, mine()) === 'outbid';
  });
  onChange(() => beaten().join(' '), (now, before) => {
    const known = before.split(' ');
    for (const other of now.split(' ')) {
      if (!other || known.includes(other) || Number(other) === room.current.value) continue;
      announce(t('say-lot', { lot: lotNumber(Number(other), room.book.of(Number(other))), what: t('own-outbid') }), 'assertive');
    }
  });
  onChange(() => here(lot()?.warnings ?? 0), () => {
    const count = lot()?.warnings ?? 0;
    if (count > 0) announce(t(count > 1 ? key('lot-warned-twice') : key('lot-warned-once')), 'assertive');
  });
  onChange(() => {
    const now = lot();
    const rest = now?.phase === 'OPEN' && now.endsAt ? until(live.clock, now.endsAt) : undefined;
    return rest === undefined ? 0 : [60, 30, 10, 5].filter((mark) => rest <= mark * 1e6).pop() ?? 0;
  }, (mark) => { if (mark > 0) announce(t('seconds', { count: mark, shown: number(mark) })); });
  onChange(() => live.line.value.state, (state) => {
    if (live.line.value.why === 'woken') return;
    if (state === 'stale' || state === 'cut') announce(t('line-stale'), 'assertive');
    if (state === 'stopped') announce(lineSaid(live)?.text ?? '', 'assertive');
  });
}

run(async () => {
  const { who, read } = await begin();
  const bids = who.role === 'BIDDER' && (!who.sale || who.sale === sale);
  const live = new Live(sale, who.account);
  if (read.first) live.picture.begin(read.first);
  const book = new Book(sale, read, live.picture);
  const room = new Room(live, read.terms, book, { role: bids ? 'BIDDER' : 'WATCHER', paddle: who.paddle });
  live.commands.settled = (entry) => room.answered(entry);
  speak(room);
  showDoubt(live);
  root.textContent = '';
  render(html`<${Page} room=${room} />`, root);
});
