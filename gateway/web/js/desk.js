// What a clerk can do: each act with its key, when it is possible, and what it asks first.

import { html } from '../vendor/htm-preact.js';
import { computed, effect, signal, untracked } from '../vendor/signals.js';
import { BidLines } from './bid-lines.js';
import { askReason } from './dialog.js';
import { lotAsked } from './env.js';
import { key, t } from './l10n.js';
import { localDigits, number, parseNumber } from './money.js';
import { announce } from './ui.js';

/** @typedef {import('./keys.js').KeyAct} KeyAct */

const CAUSES = [
  ['VOID_CAUSE_TYPING_ERROR', key('void-typing')],
  ['VOID_CAUSE_ELIGIBILITY', key('void-eligibility')],
  ['VOID_CAUSE_PROVEN_ERROR', key('void-proven')],
  ['VOID_CAUSE_COURT_ORDER', key('void-court')],
];

export class Desk {
  /** @param {import('./live.js').Live} live @param {string} sale @param {any} terms @param {import('./book.js').Book} book */
  constructor(live, sale, terms, book) {
    this.live = live;
    this.sale = sale;
    this.terms = terms;
    this.book = book;
    this.currency = terms.currency || 'EGP';
    this.chosen = signal(lotAsked);
    this.lastPaddle = signal(0);
    /** Why the last key or button did nothing. */
    this.said = signal('');
    this.bids = new BidLines(sale);
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
    effect(() => { const lot = this.lot.value; if (lot) untracked(() => this.bids.follow(lot)); });
  }

  /** Why nothing may be done in the sale now: a hammer is meant for the picture that its clerk sees. */
  waits = () => (this.live.isLive ? '' : t('button-line'));

  /** A key or a button was pressed. @param {KeyAct} act */
  press(act) {
    const why = act.blocked?.() ?? '';
    if (why) this.refuse(why);
    else {
      this.said.value = '';
      act.act();
    }
  }

  /** Nothing was done: to the eye and to the ear. @param {string} why */
  refuse(why) {
    this.said.value = why;
    announce(why, 'assertive');
  }

  /** Whether the clerk opens and closes it; else the clock does. @param {number} lot */
  byHand(lot) {
    return !this.book.of(lot).running?.timed;
  }

  /** The lots to come, in their order. */
  get upcoming() {
    return this.live.picture.order.value.filter((lot) => this.live.picture.lot(lot).value?.phase === 'UPCOMING');
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

  /** @param {string} title @param {string} act */
  #withReason(title, act) {
    const lot = this.current.value;
    askReason({ title, yes: title, waits: this.waits, onYes: (reason) => this.send(act, { lot, reason }) });
  }

  voidBid() {
    const lot = this.current.value;
    const last = this.lot.value?.last?.bid ?? 1;
    const title = `${t('act-void')}: ${t('lot-n', { lot: number(lot) })}`;
    askReason({
      title,
      yes: t('act-void'),
      waits: this.waits,
      fields: html`
        <label class="field"><span>${t('void-bid')}</span><input class="input" name="bid" inputmode="numeric" autocomplete="off" required defaultValue=${localDigits(String(last))} dir="ltr" /></label>
        <label class="field"><span>${t('void-cause')}</span><select class="input" name="cause">${CAUSES.map(([value, text]) => html`<option value=${value}>${t(text)}</option>`)}</select></label>`,
      onYes: (note, form) => {
        const bid = parseNumber(String(form.get('bid')));
        if (!bid) return t('number-unclear');
        this.send('voidBid', { lot, bid, cause: String(form.get('cause')), note });
      },
    });
  }

  barPaddle() {
    askReason({
      title: t('act-bar'),
      yes: t('act-bar'),
      waits: this.waits,
      fields: html`<label class="field"><span>${t('paddle')}</span><input class="input" name="paddle" inputmode="numeric" autocomplete="off" required dir="ltr" data-first /></label>`,
      onYes: (reason, form) => {
        const paddle = parseNumber(String(form.get('paddle')));
        if (!paddle) return t('number-unclear');
        this.send('barPaddle', { paddle, reason });
      },
    });
  }

  pauseOrResume() {
    if (this.live.picture.board.value?.phase === 'PAUSED') return this.send('resumeSale');
    askReason({ title: t('act-pause'), yes: t('act-pause'), waits: this.waits, onYes: (reason) => this.send('pauseSale', { reason }) });
  }

  /**
   * The map of keys, in the order in which it is shown.
   * @param {Record<'floorForm' | 'askForm' | 'reofferForm' | 'orderForm' | 'admitForm' | 'invite' | 'help', () => void>} forms
   * @returns {KeyAct[]}
   */
  keys(forms) {
    const lot = () => this.lot.value;
    const atHammer = () => this.#byHand('OPEN');
    const noBid = () => atHammer() || (lot()?.price ? '' : t('no-bid-yet'));
    const noPaddle = () => this.#running() || (this.lastPaddle.value ? '' : t('no-last-paddle'));
    const paused = () => this.live.picture.board.value?.phase === 'PAUSED';
    const name = t('lot-n', { lot: number(this.current.value) });
    /** @type {KeyAct[]} */
    const acts = [
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
      { keys: ['m'], text: key('act-order'), act: forms.orderForm, blocked: () => this.#phaseIs('UPCOMING') || (this.upcoming.length > 1 ? '' : t('not-now')) },
      { keys: ['r', 'Space'], text: paused() ? key('act-resume') : key('act-pause'), act: () => this.pauseOrResume(), blocked: () => (paused() ? '' : this.#saleIs('OPEN')) },
      { keys: ['n', 'ArrowDown'], text: key('act-next'), act: () => this.move(1), free: true },
      { keys: ['Shift+n', 'ArrowUp'], text: key('act-previous'), act: () => this.move(-1), free: true },
      { keys: ['Shift+o'], text: key('act-open-sale'), act: () => this.send('openSale'), blocked: () => this.#saleIs('ANNOUNCED') },
      { keys: ['Shift+e'], text: key('act-end-sale'), act: () => this.send('endSale'), blocked: () => this.#saleIs('OPEN') },
      { keys: ['i'], text: key('act-invite'), act: forms.invite },
      { keys: ['Shift+a'], text: key('act-admit'), act: forms.admitForm },
      { keys: ['Shift+b'], text: key('act-bar'), act: () => this.barPaddle() },
      { keys: ['?'], text: key('act-help'), act: forms.help, free: true },
    ];
    return acts.map((act) => (act.free ? act : { ...act, blocked: () => this.waits() || (act.blocked?.() ?? '') }));
  }
}
