// The bidder's room: one lot large, the other lots of the sale beside it.

import { html, render } from '../vendor/htm-preact.js';
import { computed, effect, signal } from '../vendor/signals.js';
import { BidBox } from './bid-box.js';
import { Book } from './book.js';
import { run } from './boot.js';
import { lotAsked, root, sale } from './env.js';
import { loadMore, said, t } from './l10n.js';
import { Live } from './live.js';
import { lotNumber, money, number } from './money.js';
import { STANDING, UNSURE, standing } from './own.js';
import { begin } from './start.js';
import { kindOf, unitName, wholeText } from './terms.js';
import { Decision, Icon, Lamp, LineBand, Money, Title, When, announce, pauseNote, priceLabel, showDoubt, timeOf } from './ui.js';

/** @typedef {import('./wire.js').Lot} Lot */

/** Between two attempts to read the rest of the page. */
const AGAIN_MS = 2_000;
/** It is read as soon as the button works; or then, on a page whose line does not come. */
const LATEST_MS = 30_000;

export class Room {
  /** @param {Live} live @param {any} terms @param {Book} book @param {{role: string, paddle: number}} who */
  constructor(live, terms, book, who) {
    this.live = live;
    this.terms = terms;
    this.book = book;
    this.who = who;
    this.currency = terms.currency || 'EGP';
    this.chosen = signal(lotAsked);
    /** What comes after the button; null until it is there. @type {import('./picture.js').Signal<typeof import('./bidder-later.js') | null>} */
    this.later = signal(null);
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

  /** The rest of the page, read once; again and again while the line fails. @type {Promise<typeof import('./bidder-later.js')> | undefined} */
  #reading;
  rest() {
    this.#reading ??= (async () => {
      for (;;) {
        try {
          const [later] = await Promise.all([import('./bidder-later.js'), loadMore('bidder-later')]);
          this.later.value = later;
          later.speak(this);
          return later;
        } catch (problem) {
          console.warn(problem);
          await new Promise((done) => { setTimeout(done, AGAIN_MS); });
        }
      }
    })();
    return this.#reading;
  }

  /** @param {number} lot */
  async openSheet(lot) {
    (await this.rest()).openSheet(this, lot);
  }

  /** An answer came. @param {import('./commands.js').Entry} entry */
  async answered(entry) {
    const { result, body } = entry;
    const { openSheet, verdict } = this.later.value ?? await this.rest();
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
  const later = room.later.value;
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
          ${later && html`<${later.LotFacts} sale=${room.terms} terms=${terms} lot=${lot} currency=${room.currency} />`}
          <p class="row"><a href="/sales/${sale}/lots/${lot.lot}">${t('lot-page')}</a> ${room.who.role === 'BIDDER' && html`<a href="/device">${t('device-title')}</a>`}</p></section>
      </div>`}
      ${later && html`<${later.LotList} picture=${live.picture} lots=${room.book.lots.value} currency=${room.currency} current=${room.current.value}
        paddle=${room.paddle.value} onChoose=${(/** @type {number} */ n) => room.choose(n)} />`}
    </div>
    ${later && html`<${later.Dialogs} />`}`;
}

run(async () => {
  const { who, read } = await begin();
  const bids = who.role === 'BIDDER' && (!who.sale || who.sale === sale);
  const live = new Live(sale, who.account);
  if (read.first) live.picture.begin(read.first);
  const book = new Book(sale, read, live.picture);
  const room = new Room(live, read.terms, book, { role: bids ? 'BIDDER' : 'WATCHER', paddle: who.paddle });
  live.commands.settled = (entry) => room.answered(entry);
  showDoubt(live);
  root.textContent = '';
  render(html`<${Page} room=${room} />`, root);
  effect(() => { if (live.isLive && (!bids || live.picture.mine.value)) room.rest(); });
  setTimeout(() => room.rest(), LATEST_MS);
});
