// The hall screen: one lot, readable from the last row, both languages, no login, comes back by itself.

import { html, render } from '../vendor/htm-preact.js';
import { effect, signal } from '../vendor/signals.js';
import { Book } from './book.js';
import { run } from './boot.js';
import { digits, lang, lotAsked, root, sale } from './env.js';
import { key, said, t } from './l10n.js';
import { Live } from './live.js';
import { lotNumber, money, number, wholeDigits } from './money.js';
import { begin } from './start.js';
import { moment } from './moments.js';
import { wholeText } from './terms.js';
import { Icon, Money, PAUSED_BY, beat, lampOf, leaderName, noBidName, priceName, showDoubt, timeOf, whenOf } from './ui.js';

/** @typedef {import('./wire.js').Lot} Lot */

/** How long a result stays on the screen while other lots run. */
const RESULT_MS = 8_000;

/** Both languages, that of the page first and larger. @type {('ar' | 'en')[]} */
const LANGUAGES = lang === 'ar' ? ['ar', 'en'] : ['en', 'ar'];
/** @param {'ar' | 'en'} language */
const dirOf = (language) => (language === 'ar' ? 'rtl' : 'ltr');
/** A text of the sale in both. @param {any} both */
const inBoth = (both) => LANGUAGES.map((language) => html`<bdi lang=${language} dir=${dirOf(language)}>${said(both, language)}</bdi>`);

/** Both languages of one text, counting where it counts. @param {{name: string, count?: number, className?: string}} props */
function Both({ name, count, className = '' }) {
  const values = (/** @type {'ar' | 'en'} */ language) => (count === undefined ? undefined : { count, shown: number(count, language === 'en' ? 'latn' : digits) });
  return html`<span class="both ${className}">${LANGUAGES.map((language) => html`<span lang=${language} dir=${dirOf(language)}>${t(name, values(language), language)}</span>`)}</span>`;
}

/** An amount in both manners of writing it. @param {{minor: bigint, currency: string}} props */
function Amount({ minor, currency }) {
  const long = wholeDigits(minor, currency) > 9 ? 'is-long' : '';
  return html`<span class="hall-amount ${long}">${LANGUAGES.map((language) => html`<bdi dir=${dirOf(language)}><${Money} minor=${minor} currency=${currency} language=${language} /></bdi>`)}</span>`;
}

/** What an amount comes to, of a lot that is sold by measure. @param {{minor: bigint, terms: any, currency: string}} props */
function Whole({ minor, terms, currency }) {
  return wholeText(minor, terms, currency) && html`<span class="both hall-label">${LANGUAGES.map((language) =>
    html`<span lang=${language} dir=${dirOf(language)}>${wholeText(minor, terms, currency, language)}</span>`)}</span>`;
}

/**
 * Which lot the hall sees: one, calmly. It stays until it has ended and its result has been seen; a lot
 * at the hammer goes before lots that the clock runs, and among those the one that ends first.
 */
class Stage {
  /** @param {import('./picture.js').Picture} picture @param {Book} book */
  constructor(picture, book) {
    this.#picture = picture;
    this.#book = book;
    this.shown = signal(0);
    effect(() => {
      void beat.value;
      const next = this.#choose();
      if (next !== this.shown.peek()) this.shown.value = next;
    });
  }

  #picture;
  #book;
  #endedAt = 0;

  /** @param {number} lot */
  #byHand(lot) {
    return !this.#book.of(lot).running?.timed;
  }

  #choose() {
    const views = this.#picture.order.value.map((lot) => this.#picture.lot(lot).value).filter((view) => view !== null);
    if (views.some((view) => view.lot === lotAsked)) return lotAsked;
    const open = views.filter((view) => view.phase === 'OPEN');
    const atHammer = open.find((view) => this.#byHand(view.lot));
    const held = views.find((view) => view.lot === this.shown.peek());
    if (held?.phase === 'OPEN') {
      this.#endedAt = 0;
      return atHammer && !this.#byHand(held.lot) ? atHammer.lot : held.lot;
    }
    if (held?.phase === 'CLOSED') {
      this.#endedAt ||= performance.now();
      if (performance.now() - this.#endedAt < RESULT_MS) return held.lot;
    }
    const soonest = open.reduce((first, view) => (first && first.endsAt <= view.endsAt ? first : view), open[0]);
    const closed = views.filter((view) => view.phase === 'CLOSED');
    const last = closed.reduce((newest, view) => (newest && newest.revision >= view.revision ? newest : view), closed[0]);
    const next = atHammer ?? soonest ?? last ?? views[0];
    if (next && next.lot !== held?.lot) this.#endedAt = 0;
    return next?.lot ?? 0;
  }
}

/** @param {{lot: Lot, book: Book, currency: string}} props */
function Figures({ lot, book, currency }) {
  const none = lot.price === 0n;
  const [shown, terms] = [none ? book.opening(lot) : lot.price, book.of(lot.lot)];
  return html`
    <section class="hall-figures">
      <div class="hall-price changed" key=${String(lot.price)}>
        <${Both} name=${priceName(lot)} className="hall-label" />
        <${Amount} minor=${shown} currency=${currency} />
        <${Whole} minor=${shown} terms=${terms} currency=${currency} />
      </div>
      ${lot.phase === 'OPEN' && html`<div class="hall-ask"><${Both} name="price-next" className="hall-label" /><${Amount} minor=${lot.ask} currency=${currency} />
        <${Whole} minor=${lot.ask} terms=${terms} currency=${currency} /></div>`}
    </section>`;
}

/** @param {{live: Live, lot: Lot, zone: string}} props */
function State({ live, lot, zone }) {
  const board = live.picture.board.value;
  const lamp = lampOf(lot, board);
  const times = LANGUAGES.map((language) => timeOf(lot, board, live.clock, language));
  const when = whenOf(lot, board);
  const counting = /[0-9\u0660-\u0669]/.test(times[0].value);
  return html`
    <section class="hall-state">
      <div class="hall-leader">
        ${lot.leader > 0
          ? html`<${Both} name=${leaderName(lot)} className="hall-label" /><bdi class="hall-paddle">${number(lot.leader)}</bdi><${Both} name="bids" count=${lot.bids} className="hall-label" />`
          : html`<${Both} name=${noBidName(lot)} className="hall-label" />`}
      </div>
      ${times[0].value && html`<div class="hall-time ${times[0].urgent ? 'is-urgent' : ''}">
        <span class="hall-label both">${times.map((time, at) => html`<span lang=${LANGUAGES[at]} dir=${dirOf(LANGUAGES[at])}>${time.label}</span>`)}</span>
        <span class="hall-clock">${times.map((time, at) => (at > 0 && counting ? null : html`<bdi lang=${LANGUAGES[at]} dir=${dirOf(LANGUAGES[at])}>${time.value}</bdi>`))}</span>
        ${when && when.at > 0 && html`<span class="hall-when">${LANGUAGES.map((language) => html`<bdi lang=${language} dir=${dirOf(language)}>${t(when.name, undefined, language)} ${moment(when.at, zone, language)}</bdi>`)}</span>`}
      </div>`}
      <div class="hall-lamp ${lamp.tone}"><${Icon} name=${lamp.icon} /><${Both} name=${lamp.text} /></div>
    </section>`;
}

/** What else runs, then what comes. @param {{picture: import('./picture.js').Picture, shown: number, book: Book, currency: string}} props */
function Next({ picture, shown, book, currency }) {
  const views = picture.order.value.map((lot) => picture.lot(lot).value).filter((view) => view !== null && view.lot !== shown);
  const also = [...views.filter((view) => view?.phase === 'OPEN'), ...views.filter((view) => view?.phase === 'UPCOMING')].slice(0, 3);
  if (!also.length) return null;
  return html`<ol class="hall-next">${also.map((view) => view && html`<li key=${view.lot} class=${view.phase === 'OPEN' ? 'is-running' : ''}>
    <b class="figure">${lotNumber(view.lot, book.of(view.lot))}</b> <bdi dir="auto">${said(book.of(view.lot).title)}</bdi>
    <span class="hall-next-price">${money(view.price || book.opening(view), currency)}</span></li>`)}</ol>`;
}

/** Until a lot is up, the sale itself; and the word when the line is not sure. @param {{live: Live, title: any}} props */
function Head({ live, title }) {
  const { state } = live.line.value;
  const board = live.picture.board.value;
  return html`
    <header class="hall-head">${inBoth(title)}</header>
    ${state !== 'live' && html`<div class="band band-line ${state === 'connecting' ? 'is-info' : 'is-warn'}"><${Both} name=${state === 'connecting' ? key('line-connecting') : key('line-stale')} /></div>`}
    ${board?.phase === 'PAUSED' && html`<div class="band is-warn hall-pause"><${Both} name="sale-paused" /> ${PAUSED_BY[board.pauseCause] ? html`<${Both} name=${PAUSED_BY[board.pauseCause]} />` : html`<bdi dir="auto">${board.pauseReason}</bdi>`}</div>`}
    ${board?.phase === 'ANNOUNCED' && html`<div class="band is-info hall-pause"><${Both} name="sale-announced" /></div>`}
    ${board?.phase === 'ENDED' && html`<div class="band is-info hall-pause"><${Both} name="sale-ended" /></div>`}`;
}

run(async () => {
  const { read } = await begin('ar', 'en');
  const live = new Live(sale);
  const book = new Book(sale, read, live.picture);
  const currency = read.terms.currency || 'EGP';
  const stage = new Stage(live.picture, book);
  const Hall = () => {
    const lot = live.picture.lot(stage.shown.value).value;
    const terms = lot ? book.of(lot.lot) : {};
    return html`
      <${Head} live=${live} title=${read.terms.title} />
      ${lot && html`
        <div class="hall-lot"><span class="hall-number ${terms.label?.length > 6 ? 'is-long' : ''}"><bdi>${lotNumber(lot.lot, terms)}</bdi></span>
          <h1 class="hall-title">${inBoth(terms.title)}</h1></div>
        <${Figures} lot=${lot} book=${book} currency=${currency} />
        <${State} live=${live} lot=${lot} zone=${read.terms.timeZone} />`}
      <${Next} picture=${live.picture} shown=${stage.shown.value} book=${book} currency=${currency} />`;
  };
  showDoubt(live);
  root.textContent = '';
  render(html`<${Hall} />`, root);
  // A hall screen runs all day: it should not fall asleep.
  const stayAwake = () => navigator.wakeLock?.request('screen').catch(() => {});
  document.addEventListener('visibilitychange', stayAwake);
  stayAwake();
});
