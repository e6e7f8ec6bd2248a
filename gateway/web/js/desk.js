// What a clerk can do: each act with its key, when it is possible, and what it asks first.

import { html } from '../vendor/htm-preact.js';
import { computed, effect, signal, untracked } from '../vendor/signals.js';
import { BidLines } from './bid-lines.js';
import { askReason, hasJustClosed } from './dialog.js';
import { lotAsked } from './env.js';
import { key, t } from './l10n.js';
import { localDigits, lotNumber, money, number, parseNumber } from './money.js';
import { figureOf } from './verdicts.js';
import { UNREAD_MS } from './press.js';
import { askBar, askEnd, askSale, askVoid } from './questions.js';
import { REASONS } from './reasons.js';
import { announce } from './ui.js';
import { big } from './wire.js';

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
    const offered = computed(() => { const lot = this.lot.value; return lot && `${lot.lot} ${lot.ask} ${lot.held?.held} ${lot.held?.amount}`; });
    effect(() => { if (offered.value) this.#offeredAt = performance.now(); });
  }

  /** Since when ask and held bid stand as they are on screen. */
  #offeredAt = -Infinity;
  /** A bid of the hall whose improbable jump is asked about (R1). @type {import('./picture.js').Signal<import('./commands.js').Entry | null>} */
  jump = signal(null);

  /** What has just come in place of another has not been read: the key meant what stood there before. */
  #unread = () => (performance.now() - this.#offeredAt < UNREAD_MS ? t('just-changed') : '');

  /** Why nothing may be done in the sale now: a hammer is meant for the picture that its clerk sees. */
  waits = () => (this.live.isLive ? '' : t('button-line'));

  /** A key or a button was pressed. @param {KeyAct} act @param {boolean} [pointed] by finger or mouse */
  press(act, pointed = false) {
    const why = act.blocked?.() || act.just?.() || (pointed && hasJustClosed() ? t('just-changed') : '');
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
    this.jump.value = null;
    this.onLot('floorBid', { paddle, amount: String(amount) });
  }

  /** The bid of the hall that waits, named as it is on screen (R12a). */
  confirmFloor() {
    const held = this.lot.value?.held;
    if (held) this.onLot('confirmFloorBid', { held: held.held, paddle: held.paddle, amount: String(held.amount) });
  }

  /** The jump that was asked about is meant. */
  confirmJump() {
    const asked = this.jump.value;
    this.jump.value = null;
    if (asked) this.send('floorBid', { ...asked.body, confirms: asked.id });
  }

  /** An answer came. @param {import('./commands.js').Entry} entry */
  answered(entry) {
    const { act, result } = entry;
    if (act !== 'floorBid' || result.kind !== 'answer' || result.answer.code !== 'needs-confirmation') return;
    this.jump.value = entry;
    announce(this.jumpText(entry), 'assertive');
  }

  /** @param {import('./commands.js').Entry} entry */
  jumpText({ body, result }) {
    const least = result.kind === 'answer' ? figureOf(result.answer, 'ask') : 0n;
    return t('floor-jump', { paddle: number(body.paddle), amount: money(big(body.amount), this.currency), ask: money(least, this.currency) });
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
    askReason({ title, yes: title, waits: this.waits, made: REASONS[act], onYes: (reason) => this.send(act, { lot, reason }) });
  }

  voidBid() {
    const last = this.lot.value?.last?.bid ?? 1;
    const fields = html`
      <label class="field"><span>${t('void-bid')}</span><input class="input" name="bid" inputmode="numeric" autocomplete="off" required defaultValue=${localDigits(String(last))} dir="ltr" /></label>
      <label class="field"><span>${t('void-cause')}</span><select class="input" name="cause">${CAUSES.map(([value, text]) => html`<option value=${value}>${t(text)}</option>`)}</select></label>`;
    askVoid(this, fields, (form) => {
      const bid = form.has('bid') ? parseNumber(String(form.get('bid'))) : last;
      return bid ? { bid, cause: String(form.get('cause') ?? CAUSES[0][0]) } : t('number-unclear');
    });
  }

  barPaddle() {
    const fields = html`<label class="field"><span>${t('paddle')}</span><input class="input" name="paddle" inputmode="numeric" autocomplete="off" required dir="ltr" data-first /></label>`;
    askBar(this, fields, (form) => {
      const paddle = parseNumber(String(form.get('paddle') ?? ''));
      return paddle ? { paddle } : t('number-unclear');
    });
  }

  /** Who puts a sale together publishes it. */
  get mayPublish() {
    return this.live.role.value === 'ADMIN';
  }

  publish() {
    askSale(this, 'publishSale', t('act-publish'));
  }

  pauseOrResume() {
    if (this.live.picture.board.value?.phase === 'PAUSED') return this.send('resumeSale');
    askReason({ title: t('act-pause'), yes: t('act-pause'), waits: this.waits, made: REASONS.pauseSale, onYes: (reason) => this.send('pauseSale', { reason }) });
  }

  /**
   * The map of keys, in the order in which it is shown.
   * @param {Record<'floorForm' | 'askForm' | 'reofferForm' | 'ceilingForm' | 'amendForm' | 'orderForm' | 'admitForm' | 'limitForm' | 'presenceForm' | 'invite' | 'help', () => void>} forms
   * @returns {KeyAct[]}
   */
  keys(forms) {
    const lot = () => this.lot.value;
    const atHammer = () => this.#byHand('OPEN');
    const noBid = () => atHammer() || (lot()?.price ? '' : t('no-bid-yet'));
    const needed = this.terms.hammerWarnings ?? 0;
    // R12a: how old they have to be is the engine's to say.
    const unwarned = () => noBid() || ((lot()?.warnings ?? 0) < needed ? t('refusal-warn-first', { bound: number(needed) }) : '');
    const noPaddle = () => this.#running() || (this.lastPaddle.value ? '' : t('no-last-paddle'));
    const paused = () => this.live.picture.board.value?.phase === 'PAUSED';
    const name = t('lot-n', { lot: lotNumber(this.current.value, this.book.of(this.current.value)) });
    /** @type {KeyAct[]} */
    const acts = [
      { keys: ['o'], group: 'main', text: key('act-open'), act: () => this.onLot('openLot'), blocked: () => this.#byHand('UPCOMING') },
      { keys: ['w'], group: 'main', text: key('act-warn'), act: () => this.onLot('warnLot'), blocked: atHammer },
      { keys: ['h'], group: 'main', text: key('act-hammer'), act: () => askEnd(this, 'hammerLot', t('act-hammer')), blocked: unwarned, hard: true },
      { keys: ['p'], group: 'main', text: key('act-pass'), act: () => askEnd(this, 'passLot', t('act-pass')), blocked: atHammer },
      { keys: ['b'], group: 'floor', text: key('act-floor-again'), act: () => this.floor(this.lastPaddle.value, lot()?.ask ?? 0n), blocked: noPaddle, just: this.#unread },
      { keys: ['f'], group: 'form', text: key('act-floor'), act: forms.floorForm, blocked: this.#running },
      { keys: ['a'], text: key('act-ask'), act: forms.askForm, blocked: this.#running },
      { keys: ['c'], group: 'floor', text: key('act-confirm-floor'), act: () => this.confirmFloor(), blocked: () => (lot()?.held ? '' : t('not-now')), just: this.#unread },
      { keys: ['y'], group: 'form', text: key('act-jump'), act: () => this.confirmJump(), blocked: () => (this.jump.value ? '' : t('not-now')) },
      { keys: ['v'], text: key('act-void'), act: () => this.voidBid(), blocked: () => (lot()?.last ? '' : t('no-bid-yet')) },
      { keys: ['x'], text: key('act-withdraw'), act: () => askEnd(this, 'withdrawLot', t('act-withdraw')), blocked: () => (lot()?.phase === 'CLOSED' ? t('not-now') : '') },
      { keys: ['e'], text: key('act-reoffer'), act: forms.reofferForm, blocked: () => this.#phaseIs('CLOSED') },
      { keys: ['k'], text: key('act-reopen'), act: () => this.#withReason(`${t('act-reopen')}: ${name}`, 'reopenLot'), blocked: () => this.#phaseIs('CLOSED') },
      { keys: ['g'], text: key('act-ceiling'), act: forms.ceilingForm, blocked: this.#running },
      { keys: ['d'], text: key('act-amend'), act: forms.amendForm, blocked: () => this.#phaseIs('UPCOMING') || (lot()?.attempt === 1 ? '' : t('not-now')) || (this.mayPublish ? '' : t('amend-admin')) },
      { keys: ['m'], text: key('act-order'), act: forms.orderForm, blocked: () => this.#phaseIs('UPCOMING') || (this.upcoming.length > 1 ? '' : t('not-now')) },
      { keys: ['r', 'Space'], text: paused() ? key('act-resume') : key('act-pause'), act: () => this.pauseOrResume(), blocked: () => (paused() ? '' : this.#saleIs('OPEN')) },
      { keys: ['n', 'ArrowDown'], text: key('act-next'), act: () => this.move(1), free: true },
      { keys: ['Shift+n', 'ArrowUp'], text: key('act-previous'), act: () => this.move(-1), free: true },
      { keys: ['Shift+o'], text: key('act-open-sale'), act: () => this.send('openSale'), blocked: () => this.#saleIs('ANNOUNCED') },
      { keys: ['Shift+e'], text: key('act-end-sale'), act: () => askSale(this, 'endSale', t('act-end-sale')), blocked: () => this.#saleIs('OPEN') },
      { keys: ['Shift+p'], text: key('act-publish'), act: () => this.publish(), blocked: () => this.#saleIs('DRAFT') || (this.mayPublish ? '' : t('publish-admin')) },
      { keys: ['i'], text: key('act-invite'), act: forms.invite },
      { keys: ['Shift+a'], text: key('act-admit'), act: forms.admitForm },
      { keys: ['l'], text: key('act-limit'), act: forms.limitForm },
      { keys: ['t'], text: key('act-presence'), act: forms.presenceForm },
      { keys: ['Shift+b'], text: key('act-bar'), act: () => this.barPaddle() },
      { keys: ['?'], text: key('act-help'), act: forms.help, free: true },
    ];
    return acts.map((act) => (act.free ? act : { ...act, blocked: () => this.waits() || (act.blocked?.() ?? '') }));
  }
}
