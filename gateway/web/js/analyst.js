// The analyst's room: a lot's history, one event at a time, each with the state that the server tells
// for it. What is on screen is in the address.

import { html, render } from '../vendor/htm-preact.js';
import { useEffect, useRef } from '../vendor/preact-hooks.js';
import { computed, effect, signal, untracked } from '../vendor/signals.js';
import { run } from './boot.js';
import { lang, root, sale } from './env.js';
import { catalogue, history } from './http.js';
import { keyOf } from './keys.js';
import { key, loadTexts, said, t } from './l10n.js';
import { lotNumber, number } from './money.js';
import { Ladder } from './ladder.js';
import { hour, moment, zoneOfTimes } from './moments.js';
import { wholeText } from './terms.js';
import { Icon, Lamp, Money, PAUSED_BY, Paddle, Title } from './ui.js';
import { big, lotOf, time } from './wire.js';

const KINDS = {
  LotAdded: key('event-lot-added'), LotAmended: key('event-lot-amended'), LotScheduled: key('event-lot-scheduled'), LotOpened: key('event-lot-opened'), LotWarned: key('event-lot-warned'),
  AskSet: key('event-ask-set'), CeilingRaised: key('event-ceiling-raised'), LotExtended: key('event-lot-extended'), LotClosed: key('event-lot-closed'), LotWithdrawn: key('event-lot-withdrawn'),
  LotReoffered: key('event-lot-reoffered'), LotReopened: key('event-lot-reopened'), ReserveLifted: key('event-reserve-lifted'), BidAccepted: key('event-bid-accepted'),
  FloorBidHeld: key('event-floor-held'), FloorBidLapsed: key('event-floor-lapsed'), BidVoided: key('event-bid-voided'), ReaffirmOffered: key('event-reaffirm-offered'),
  LeadReaffirmed: key('event-lead-reaffirmed'), ReaffirmEnded: key('event-reaffirm-ended'),
  SalePaused: key('event-sale-paused'), SaleResumed: key('event-sale-resumed'),
};
/** @param {string} kind */
const kindName = (kind) => (kind in KINDS ? t(KINDS[/** @type {keyof typeof KINDS} */ (kind)]) : kind);

/** @typedef {{event: {revision: string, at: number, kind: string, data: any}, state: import('./wire.js').Lot, paused: boolean}} Step */

/** A line of the history, as the interface tells it. @param {any} line @returns {Step} */
const stepOf = (line) => ({
  event: { revision: String(line.recorded ?? line.revision ?? '0'), at: time(line.at), kind: line.kind ?? '', data: line.data ?? {} },
  state: lotOf(line.after ?? {}),
  paused: line.paused ?? false,
});

/** The paddle an event is about; 0: none. @param {Step['event']} event */
const paddleIn = (event) => event.data.paddle ?? 0;

/** Rows of the table at once: a long history is shown in parts. */
const ROWS = 200;

class Study {
  /** @param {{terms: any, lots: Map<number, any>}} book */
  constructor(book) {
    this.terms = book.terms;
    this.lots = book.lots;
    this.currency = book.terms.currency || 'EGP';
    const asked = new URLSearchParams(location.search);
    this.lot = signal(Number(asked.get('lot')) || [...book.lots.keys()][0] || 0);
    this.kind = signal(asked.get('kind') ?? '');
    this.paddle = signal(asked.get('paddle') ?? '');
    /** The revision to stand at; empty: the last. */
    this.at = signal(asked.get('at') ?? '');
    this.state = signal(/** @type {'loading' | 'there' | 'failed'} */ ('loading'));
    this.steps = signal(/** @type {Step[]} */ ([]));
    this.shown = computed(() => this.steps.value.filter(({ event }) =>
      (!this.kind.value || event.kind === this.kind.value) && (!this.paddle.value || String(paddleIn(event)) === this.paddle.value)));
    /** Where in the shown steps: the last one not after the revision asked for. */
    this.index = computed(() => {
      const steps = this.shown.value;
      if (this.at.value === '' || !/^[0-9]+$/.test(this.at.value)) return steps.length - 1;
      const revision = BigInt(this.at.value);
      const after = steps.findIndex(({ event }) => BigInt(event.revision) > revision);
      return Math.max(0, (after === -1 ? steps.length : after) - 1);
    });
    effect(() => { const lot = this.lot.value; untracked(() => this.#load(lot)); });
    effect(() => this.#address());
  }

  /** @param {number} lot */
  async #load(lot) {
    this.state.value = 'loading';
    const events = await history(sale, lot);
    if (lot !== this.lot.value) return;
    this.steps.value = events ? events.map(stepOf) : [];
    this.state.value = events ? 'there' : 'failed';
  }

  /** The view can be sent to somebody. */
  #address() {
    const address = new URL(location.href);
    const parts = { lot: String(this.lot.value), kind: this.kind.value, paddle: this.paddle.value, at: this.at.value };
    for (const [name, value] of Object.entries(parts)) {
      if (value) address.searchParams.set(name, value);
      else address.searchParams.delete(name);
    }
    globalThis.history.replaceState(null, '', address);
  }

  /** @param {number} index */
  stand(index) {
    const step = this.shown.value[Math.max(0, Math.min(index, this.shown.value.length - 1))];
    if (step) this.at.value = step.event.revision;
  }

  /** @param {number} lot */
  pick(lot) {
    this.at.value = '';
    this.lot.value = lot;
  }
}

/** @param {{study: Study}} props */
function Filters({ study }) {
  const kinds = [...new Set(study.steps.value.map(({ event }) => event.kind))];
  const paddles = [...new Set(study.steps.value.map(({ event }) => paddleIn(event)).filter(Boolean))].sort((a, b) => a - b);
  const choose = (/** @type {import('./picture.js').Signal<string>} */ to) => (/** @type {any} */ event) => { to.value = event.currentTarget.value; };
  return html`<div class="filters">
    <label class="field grow"><span>${t('lot')}</span><select class="input" value=${study.lot.value} onChange=${(/** @type {any} */ event) => study.pick(Number(event.currentTarget.value))}>
      ${[...study.lots].map(([lot, terms]) => html`<option key=${lot} value=${lot}>${lotNumber(lot, terms)} — ${said(terms.title)}</option>`)}</select></label>
    <label class="field"><span>${t('filter-kind')}</span><select class="input" value=${study.kind.value} onChange=${choose(study.kind)}>
      <option value="">${t('filter-all')}</option>${kinds.map((kind) => html`<option key=${kind} value=${kind}>${kindName(kind)}</option>`)}</select></label>
    <label class="field"><span>${t('paddle')}</span><select class="input" value=${study.paddle.value} onChange=${choose(study.paddle)}>
      <option value="">${t('filter-all')}</option>${paddles.map((paddle) => html`<option key=${paddle} value=${String(paddle)}>${number(paddle)}</option>`)}</select></label>
  </div>`;
}

/** The state after the event where one stands. @param {{study: Study, step: Step}} props */
function Then({ study, step }) {
  const { state, event, paused } = step;
  const { currency, terms } = study;
  const byEngine = event.kind === 'SalePaused' && PAUSED_BY[event.data.cause?.replace('PAUSE_CAUSE_', '')];
  const why = byEngine ? t(byEngine) : event.data.note || event.data.reason;
  const whole = state.price > 0n ? wholeText(state.price, study.lots.get(study.lot.value), currency) : '';
  const fact = (/** @type {string} */ name, /** @type {any} */ value) => html`<div><dt>${t(name)}</dt><dd>${value}</dd></div>`;
  const money = (/** @type {bigint} */ minor) => (minor > 0n ? html`<${Money} minor=${minor} currency=${currency} />` : '\u2014');
  return html`<section class="card stack" aria-label=${t('state-after')}>
    <div class="row"><h2>${kindName(event.kind)}</h2><${Lamp} lot=${state} board=${paused ? { phase: 'PAUSED' } : null} />
      <span class="soft small">${t('revision')} <bdi class="figure">${number(BigInt(event.revision))}</bdi></span>
      <span class="soft small">${moment(event.at, terms.timeZone)}</span></div>
    <dl class="facts">
      ${fact('price-now', html`${money(state.price)}${whole && html`<br /><span class="soft small">${whole}</span>`}`)}${fact('price-next', money(state.ask))}
      ${fact('leads', state.leader ? html`<${Paddle} paddle=${state.leader} />` : '\u2014')}${fact('count-bids', number(state.bids))}
      ${fact('count-extensions', number(state.extensions))}${fact('time-ends-at', state.endsAt ? moment(state.endsAt, terms.timeZone) : state.phase === 'OPEN' ? t('time-until-hammer') : '\u2014')}
    </dl>
    ${why && html`<p class="hint"><bdi dir="auto">${why}</bdi></p>`}
    ${event.kind === 'LotAmended' && html`<p><a href=${`/sales/${sale}/lots/${study.lot.value}#amended`}>${t('amended-see')}</a></p>`}</section>`;
}

/** @param {{study: Study}} props */
function Stepper({ study }) {
  const [index, count] = [study.index.value, study.shown.value.length];
  const button = (/** @type {number} */ to, /** @type {string} */ text, /** @type {boolean} */ back) => html`
    <button type="button" class="button" aria-disabled=${to < 0 || to >= count} onClick=${() => study.stand(to)}>
      <span class=${back ? 'turn' : ''}><${Icon} name="next" turns /></span><span class="unseen">${text}</span></button>`;
  return html`<div class="stepper">
    ${button(index - 1, t('step-back'), true)}
    <input type="range" min="0" max=${Math.max(0, count - 1)} value=${index} aria-label=${t('step-slider')} aria-valuetext=${t('step-of', { at: number(index + 1), count: number(count) })}
      onInput=${(/** @type {any} */ event) => study.stand(Number(event.currentTarget.value))} />
    ${button(index + 1, t('step-on'), false)}
    <span class="figure small">${t('step-of', { at: number(index + 1), count: number(count) })}</span></div>`;
}

/** @param {{study: Study}} props */
function Events({ study }) {
  const here = useRef(/** @type {HTMLElement | null} */ (null));
  const [index, all] = [study.index.value, study.shown.value];
  const first = Math.floor(index / ROWS) * ROWS;
  const rows = all.slice(first, first + ROWS);
  // Only the table moves, never the page.
  useEffect(() => {
    const [row, box] = [here.current, here.current?.closest('.events')];
    if (!row || !box) return;
    const [top, bottom] = [row.offsetTop - row.offsetHeight, row.offsetTop + row.offsetHeight];
    if (top < box.scrollTop) box.scrollTop = top;
    else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
  }, [index]);
  const part = (/** @type {number} */ to, /** @type {string} */ text) => html`
    <button type="button" class="button" aria-disabled=${to < 0 || to >= all.length} onClick=${() => { if (to >= 0 && to < all.length) study.stand(to); }}>${text}</button>`;
  return html`<p class="hint">${zoneOfTimes(all[index].event.at, study.terms.timeZone)}</p>
    <div class="scroll events" tabindex="0"><table class="table">
    <thead><tr><th class="end">${t('revision')}</th><th>${t('col-time')}</th><th>${t('filter-kind')}</th><th>${t('paddle')}</th><th class="end">${t('price-now')}</th><th>${t('leads')}</th></tr></thead>
    <tbody>${rows.map(({ event, state }, at) => html`
      <tr key=${event.revision} ref=${first + at === index ? here : null} aria-current=${first + at === index ? 'step' : null} onClick=${() => study.stand(first + at)}>
        <td class="end"><bdi class="figure">${number(BigInt(event.revision))}</bdi></td><td class="figure">${hour(event.at, study.terms.timeZone)}</td>
        <td>${kindName(event.kind)}</td><td>${paddleIn(event) ? html`<${Paddle} paddle=${paddleIn(event)} />` : ''}</td>
        <td class="end">${state.price > 0n ? html`<${Money} minor=${state.price} currency=${study.currency} />` : '\u2014'}</td>
        <td>${state.leader ? html`<${Paddle} paddle=${state.leader} />` : '\u2014'}</td></tr>`)}</tbody></table></div>
    ${all.length > ROWS && html`<div class="row">${part(first - 1, t('rows-earlier'))}${part(first + ROWS, t('rows-later'))}
      <span class="soft small">${t('rows-of', { from: number(first + 1), to: number(first + rows.length), count: number(all.length) })}</span></div>`}`;
}

/** @param {{study: Study}} props */
function Page({ study }) {
  const step = study.shown.value[study.index.value];
  const state = study.state.value;
  return html`<div class="page stack">
    <h1><${Title} of=${study.terms.title} /></h1>
    <${Filters} study=${study} />
    ${state === 'failed' && html`<p class="notice is-bad" role="alert">${t('history-failed')}</p>`}
    ${state === 'loading' && html`<p class="soft">${t('history-loading')}</p>`}
    ${state === 'there' && !step && html`<p class="card soft">${t('history-empty')}</p>`}
    ${step && html`
      <${Then} study=${study} step=${step} />
      <${Ladder} steps=${study.steps.value} revision=${step.event.revision} opening=${big(study.lots.get(study.lot.value)?.english?.opening)} currency=${study.currency} />
      <${Stepper} study=${study} /><p class="hint">${t('step-hint')}</p>
      <${Events} study=${study} />`}
  </div>`;
}

run(async () => {
  const [, book] = await Promise.all([loadTexts(), catalogue(sale)]);
  if (!book) throw new Error('no such sale');
  const study = new Study(book);
  document.addEventListener('keydown', (event) => {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement || event.ctrlKey || event.metaKey || event.altKey) return;
    const onwards = lang === 'ar' ? 'ArrowLeft' : 'ArrowRight';
    const pressed = keyOf(event);
    const by = { [onwards]: 1, [onwards === 'ArrowLeft' ? 'ArrowRight' : 'ArrowLeft']: -1, ArrowDown: 1, ArrowUp: -1 }[pressed];
    if (by) study.stand(study.index.value + by);
    else if (pressed === 'Home') study.stand(0);
    else if (pressed === 'End') study.stand(Infinity);
    else return;
    event.preventDefault();
  });
  root.textContent = '';
  render(html`<${Page} study=${study} />`, root);
});
