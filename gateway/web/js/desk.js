// What a clerk can do: each act with its key, when it is possible, and what it asks first.

import { html } from '../vendor/htm-preact.js';
import { computed, effect, signal, untracked } from '../vendor/signals.js';
import { askReason } from './dialog.js';
import { lotAsked } from './env.js';
import { catalogue, history } from './http.js';
import { key, t } from './l10n.js';
import { number } from './money.js';
import { big, word } from './wire.js';

/** @typedef {import('./wire.js').BidLine} BidLine */
/** @typedef {import('./keys.js').KeyAct} KeyAct */

const BIDS_SHOWN = 12;
const CAUSES = [
  ['VOID_CAUSE_TYPING_ERROR', key('void-typing')],
  ['VOID_CAUSE_ELIGIBILITY', key('void-eligibility')],
  ['VOID_CAUSE_PROVEN_ERROR', key('void-proven')],
  ['VOID_CAUSE_COURT_ORDER', key('void-court')],
];

export class Desk {
  /** @param {import('./live.js').Live} live @param {string} sale @param {any} terms @param {Map<number, any>} lots */
  constructor(live, sale, terms, lots) {
    this.live = live;
    this.sale = sale;
    this.terms = terms;
    this.lots = lots;
    this.currency = terms.currency || 'EGP';
    this.chosen = signal(lotAsked);
    this.lastPaddle = signal(0);
    /** Counts on when terms were read again: a lot offered again may run in another way. */
    this.reread = signal(0);
    /** Newest first. @type {import('./picture.js').Signal<BidLine[]>} */
    this.bids = signal([]);
    this.current = computed(() => {
      const order = live.picture.order.value;
      if (order.includes(this.chosen.value)) return this.chosen.value;
      const find = (/** @type {string} */ phase, /** @type {boolean} */ byHand) =>
        order.find((lot) => live.picture.lot(lot).value?.phase === phase && this.byHand(lot) === byHand);
      return find('OPEN', true) ?? find('UPCOMING', true) ?? find('OPEN', false) ?? order[0] ?? 0;
    });
    this.lot = computed(() => live.picture.lot(this.current.value).value);
    // What is on screen stays there until the clerk moves on, also when it closes.
    effect(() => { if (this.current.value && !this.chosen.peek()) this.chosen.value = this.current.value; });
    const attempt = computed(() => this.lot.value?.attempt ?? 0);
    effect(() => { if (attempt.value > 1) untracked(() => this.#readTerms()); });
    effect(() => { const lot = this.current.value; untracked(() => this.#load(lot)); });
    effect(() => { const line = this.lot.value?.last; if (line) untracked(() => this.#heard(line)); });
  }

  async #readTerms() {
    const book = await catalogue(this.sale);
    if (!book) return;
    for (const [lot, terms] of book.lots) this.lots.set(lot, terms);
    this.reread.value += 1;
  }

  /** @param {number} lot */
  async #load(lot) {
    this.bids.value = [];
    if (!lot) return;
    const events = await history(this.sale, lot);
    if (!events || this.current.value !== lot) return;
    const gone = new Set(events.filter((event) => event.kind === 'BidVoided').map((event) => event.data?.bid));
    const lines = events.filter((event) => event.kind === 'BidAccepted').map(({ data, at }) => ({
      bid: data?.bid ?? 0, paddle: data?.paddle ?? 0, origin: word(data?.origin, 'BID_ORIGIN_', 'WEB'), shown: big(data?.shown), at: Number(at ?? 0), gone: gone.has(data?.bid),
    }));
    this.bids.value = lines.reverse().slice(0, BIDS_SHOWN);
  }

  /** One more bid; if some were passed over on the way, the history has them. @param {BidLine} line */
  #heard(line) {
    const known = this.bids.value;
    const newest = known[0]?.bid ?? 0;
    if (line.bid === newest) return;
    if (line.bid === newest + 1) this.bids.value = [line, ...known].slice(0, BIDS_SHOWN);
    else this.#load(this.current.value);
  }

  /** Whether the clerk opens and closes it; else the clock does. @param {number} lot */
  byHand(lot) {
    void this.reread.value;
    return !this.lots.get(lot)?.running?.timed;
  }

  /** @param {number} lot */
  choose(lot) {
    this.chosen.value = lot;
    const address = new URL(location.href);
    address.searchParams.set('lot', String(lot));
    globalThis.history.replaceState(null, '', address);
  }

  /** @param {number} by */
  move(by) {
    const order = this.live.picture.order.value;
    const at = order.indexOf(this.current.value) + by;
    if (order[at] !== undefined) this.choose(order[at]);
  }

  /** @param {string} act @param {Record<string, any>} [body] */
  send(act, body = {}) {
    this.live.commands.issue(act, body);
  }

  /** @param {string} act @param {Record<string, any>} [body] */
  onLot(act, body = {}) {
    this.send(act, { lot: this.current.value, ...body });
  }

  /** @param {number} paddle @param {bigint} amount */
  floor(paddle, amount) {
    this.lastPaddle.value = paddle;
    this.onLot('floorBid', { paddle, amount: String(amount) });
  }

  #phaseIs(/** @type {string} */ phase) {
    return this.lot.value?.phase === phase ? '' : t('not-now');
  }
  #running = () => this.#phaseIs('OPEN');
  /** @param {string} phase */
  #byHand(phase) {
    return this.byHand(this.current.value) ? this.#phaseIs(phase) : t('by-clock');
  }
  #saleIs = (/** @type {string} */ phase) => (this.live.picture.board.value?.phase === phase ? '' : t('not-now'));

  /** @param {string} title @param {string} act @param {any} [about] */
  #withReason(title, act, about = null) {
    const lot = this.current.value;
    askReason({ title, about, yes: title, onYes: (form) => this.send(act, { lot, reason: String(form.get('reason')).trim() }) });
  }

  voidBid() {
    const lot = this.current.value;
    const last = this.lot.value?.last?.bid ?? 1;
    askReason({
      title: t('act-void'),
      yes: t('act-void'),
      fields: html`
        <label class="field"><span>${t('void-bid')}</span><input class="input" name="bid" type="number" min="1" required value=${last} dir="ltr" /></label>
        <label class="field"><span>${t('void-cause')}</span><select class="input" name="cause">${CAUSES.map(([value, text]) => html`<option value=${value}>${t(text)}</option>`)}</select></label>`,
      onYes: (form) => {
        this.send('voidBid', { lot, bid: Number(form.get('bid')), cause: String(form.get('cause')), note: String(form.get('reason')).trim() });
        setTimeout(() => this.#load(lot), 800);
      },
    });
  }

  pauseOrResume() {
    if (this.live.picture.board.value?.phase === 'PAUSED') return this.send('resumeSale');
    askReason({ title: t('act-pause'), yes: t('act-pause'), onYes: (form) => this.send('pauseSale', { reason: String(form.get('reason')).trim() }) });
  }

  /**
   * The map of keys, in the order in which it is shown.
   * @param {{floorForm: () => void, askForm: () => void, reofferForm: () => void, invite: () => void, help: () => void}} forms
   * @returns {KeyAct[]}
   */
  keys(forms) {
    const lot = () => this.lot.value;
    const atHammer = () => this.#byHand('OPEN');
    const noBid = () => atHammer() || (lot()?.price ? '' : t('no-bid-yet'));
    const noPaddle = () => this.#running() || (this.lastPaddle.value ? '' : t('no-last-paddle'));
    const paused = () => this.live.picture.board.value?.phase === 'PAUSED';
    const name = t('lot-n', { lot: number(this.current.value) });
    return [
      { keys: ['o'], group: 'main', text: key('act-open'), act: () => this.onLot('openLot'), blocked: () => this.#byHand('UPCOMING') },
      { keys: ['w'], group: 'main', text: key('act-warn'), act: () => this.onLot('warnLot'), blocked: atHammer },
      { keys: ['h'], group: 'main', text: key('act-hammer'), act: () => this.onLot('hammerLot'), blocked: noBid, hard: true },
      { keys: ['p'], group: 'main', text: key('act-pass'), act: () => this.onLot('passLot'), blocked: atHammer },
      { keys: ['b'], group: 'floor', text: key('act-floor-again'), act: () => this.floor(this.lastPaddle.value, lot()?.ask ?? 0n), blocked: noPaddle },
      { keys: ['f'], group: 'form', text: key('act-floor'), act: forms.floorForm, blocked: this.#running },
      { keys: ['a'], text: key('act-ask'), act: forms.askForm, blocked: this.#running },
      { keys: ['c'], group: 'floor', text: key('act-confirm-floor'), act: () => this.onLot('confirmFloorBid'), blocked: () => (lot()?.held ? '' : t('not-now')) },
      { keys: ['v'], text: key('act-void'), act: () => this.voidBid(), blocked: () => (lot()?.last ? '' : t('no-bid-yet')) },
      { keys: ['x'], text: key('act-withdraw'), act: () => this.#withReason(`${t('act-withdraw')}: ${name}`, 'withdrawLot'), blocked: () => (lot()?.phase === 'CLOSED' ? t('not-now') : '') },
      { keys: ['e'], text: key('act-reoffer'), act: forms.reofferForm, blocked: () => this.#phaseIs('CLOSED') },
      { keys: ['k'], text: key('act-reopen'), act: () => this.#withReason(`${t('act-reopen')}: ${name}`, 'reopenLot'), blocked: () => this.#phaseIs('CLOSED') },
      { keys: ['r', 'Space'], text: paused() ? key('act-resume') : key('act-pause'), act: () => this.pauseOrResume(), blocked: () => (paused() ? '' : this.#saleIs('OPEN')) },
      { keys: ['n', 'ArrowDown'], text: key('act-next'), act: () => this.move(1) },
      { keys: ['Shift+n', 'ArrowUp'], text: key('act-previous'), act: () => this.move(-1) },
      { keys: ['Shift+o'], text: key('act-open-sale'), act: () => this.send('openSale'), blocked: () => this.#saleIs('ANNOUNCED') },
      { keys: ['Shift+e'], text: key('act-end-sale'), act: () => this.send('endSale'), blocked: () => this.#saleIs('OPEN') },
      { keys: ['i'], text: key('act-invite'), act: forms.invite },
      { keys: ['?'], text: key('act-help'), act: forms.help },
    ];
  }
}
