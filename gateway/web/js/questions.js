// What a clerk is asked once before an act that settles something: the figures that it settles, and where
// the server can say it the standing that it leads to, beside the one on screen.

import { html } from '../vendor/htm-preact.js';
import { useEffect } from '../vendor/preact-hooks.js';
import { useSignal } from '../vendor/signals.js';
import { newId } from './commands.js';
import { Acts, Reason, show, submits } from './dialog.js';
import { SOON_MS, ask } from './http.js';
import { key, t } from './l10n.js';
import { lotNumber, number } from './money.js';
import { refusal } from './verdicts.js';
import { REASONS } from './reasons.js';
import { moment } from './moments.js';
import { Money, Paddle, Title, lampOf } from './ui.js';
import { previewOf, seenOf } from './wire.js';

/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {import('./wire.js').Lot} Lot */
/** @typedef {import('./wire.js').Standing} Standing */
/** @typedef {import('./wire.js').Preview} Preview */

/** The preview is asked for again when the form has been still for so long. */
const STILL_MS = 250;
/** And when it would have been refused. */
const AGAIN_MS = 1_000;

/**
 * @typedef {object} Asked
 * @property {string} title
 * @property {string} yes
 * @property {string} act
 * @property {Lot | null} [lot] the lot that it settles, as it stood when the question was asked
 * @property {any} [fields] what else has to be filled in
 * @property {any} [facts] what it settles, if that is no lot
 * @property {boolean} [reasons] whether it needs a public reason
 * @property {boolean} [previews] whether the server can say what it leads to
 * @property {boolean} [reckons] whether it is sent only with the standing that it leads to (R12b)
 * @property {(form: FormData) => Record<string, any> | string} bodyOf what is sent, or what is wrong with the form
 */

/** @param {Desk} desk @param {Asked} asked */
export function question(desk, asked) {
  show(() => html`<${Question} desk=${desk} asked=${asked} />`, 'question');
}

/** @param {{desk: Desk, asked: Asked}} props */
function Question({ desk, asked }) {
  const { lot } = asked;
  /** What the server says of the act as the form has it now; null: nothing yet. */
  const reckoned = useSignal(/** @type {Preview | null} */ (null));
  const filled = useSignal(/** @type {FormData | null} */ (null));
  // R0: the act names what this dialog shows. What has come since is a reason to look again.
  const now = lot && desk.live.picture.lot(lot.lot).value;
  const hasMoved = Boolean(lot && now && (now.lastBid !== lot.lastBid || now.leader !== lot.leader || now.price !== lot.price || now.phase !== lot.phase));
  // The reason makes no difference to where it leads.
  const written = new FormData();
  for (const [name, value] of filled.value ?? []) if (name !== 'reason') written.append(name, value);
  const body = asked.bodyOf(written);
  const text = typeof body === 'string' ? '' : JSON.stringify(body);
  // While it would be refused, it is looked at again: a warning grows old, a line comes back.
  const again = useSignal(0);
  useEffect(() => { if (!reckoned.value?.answer.code) reckoned.value = null; }, [text]);
  useEffect(() => {
    if (!text || !asked.previews) return;
    let isLate = false;
    const wait = setTimeout(async () => {
      const told = await preview(desk.sale, asked.act, JSON.parse(text));
      if (isLate) return;
      reckoned.value = told;
      if (!told || told.answer.code) again.value += 1;
    }, again.value ? AGAIN_MS : filled.value ? STILL_MS : 0);
    return () => {
      isLate = true;
      clearTimeout(wait);
    };
  }, [text, hasMoved, again.value]);
  const onInput = (/** @type {any} */ event) => { filled.value = new FormData(event.currentTarget); };
  // Of what has moved it would say something else than is shown.
  const leads = lot && !hasMoved ? reckoned.value?.lots.find((other) => other.lot === lot.lot) : undefined;
  const waits = () => desk.waits() || (hasMoved ? t('question-moved') : '') || (asked.reckons && text && !leads ? t('preview-waits') : '');
  const act = (/** @type {FormData} */ form) => {
    const sent = asked.bodyOf(form);
    if (typeof sent === 'string') return sent;
    const to = asked.reckons && leads?.leadsTo;
    desk.send(asked.act, to ? { ...sent, leadsTo: { leader: to.leader, price: String(to.price) } } : sent);
  };
  return html`
    <form class="stack" onSubmit=${submits(waits, act)} onInput=${onInput}>
      <h2 id="dialog-title">${asked.title}</h2>
      ${lot && html`<p class="question-lot"><b>${t('lot-n', { lot: lotNumber(lot.lot, desk.book.of(lot.lot)) })}</b> <${Title} of=${desk.book.of(lot.lot).title} /></p>`}
      ${asked.facts}
      ${lot && html`<${Standings} desk=${desk} before=${lot} after=${leads?.after ?? null} />`}
      ${asked.fields}
      ${asked.reasons && html`<${Reason} made=${REASONS[asked.act]} />`}
      <${Acts} yes=${asked.yes} waits=${waits} />
      <${Says} desk=${desk} lot=${lot ?? null} told=${reckoned.value} />
    </form>`;
}

/** What the server says beside: why it would refuse, what else would change. @param {{desk: Desk, lot: Lot | null, told: Preview | null}} props */
function Says({ desk, lot, told }) {
  if (!told) return null;
  const others = told.lots.filter((other) => other.lot !== lot?.lot);
  return html`
    ${told.answer.code && html`<p class="hint hint-bad" role="status">${refusal(told.answer, desk.currency)}</p>`}
    ${told.lots.some((other) => other.baseDecides) && html`<p class="hint">${t('preview-base')}</p>`}
    ${others.map((other) => html`<div class="stack-tight" key=${other.lot}><b>${t('lot-n', { lot: lotNumber(other.lot, desk.book.of(other.lot)) })}</b><${Standings} desk=${desk} before=${other.before} after=${other.after} /></div>`)}`;
}

/** Two standings side by side; the second may not be known. @param {{desk: Desk, before: Standing, after: Standing | null}} props */
function Standings({ desk, before, after }) {
  const { currency } = desk;
  const board = desk.live.picture.board.value;
  const amount = (/** @type {bigint} */ minor) => (minor > 0n ? html`<${Money} minor=${minor} currency=${currency} />` : '\u2014');
  const paddle = (/** @type {number} */ of) => (of > 0 ? html`<${Paddle} paddle=${of} />` : '\u2014');
  /** @type {[string, (standing: Standing) => any, boolean][]} */
  const rows = [
    [key('paddle'), (standing) => paddle(standing.leader), true],
    [key('price'), (standing) => amount(standing.price), true],
    [key('price-next'), (standing) => (standing.phase === 'OPEN' ? amount(standing.ask) : '\u2014'), before.phase === 'OPEN'],
    [key('time-ends-at'), (standing) => (standing.endsAt ? moment(standing.endsAt, desk.terms.timeZone) : '\u2014'), before.endsAt > 0],
    [key('state'), (standing) => t(lampOf(standing, board).text), true],
    [key('offered'), (standing) => (standing.offer ? html`${t('offered-to', { paddle: number(standing.offer.paddle) })} ${amount(standing.offer.price)}` : '\u2014'), Boolean(before.offer ?? after?.offer)],
  ];
  return html`
    <table class="table standings">
      <thead><tr><th></th><th>${t('standing-now')}</th><th>${t('standing-after')}</th></tr></thead>
      <tbody>${rows.filter(([, , isShown]) => isShown).map(([name, say]) => html`
        <tr key=${name}><th scope="row">${t(name)}</th><td><div class="place">${say(before)}</div></td><td><div class="place">${after ? say(after) : '\u2026'}</div></td></tr>`)}</tbody>
    </table>`;
}

/** @param {string} sale @param {string} act @param {Record<string, any>} body @returns {Promise<Preview | null>} */
async function preview(sale, act, body) {
  const outcome = await ask('/api/v1/preview', { method: 'POST', body: { id: newId(), sale, [act]: body }, patience: SOON_MS });
  return outcome.ok ? previewOf(outcome.body ?? {}) : null;
}

/**
 * Hammer, pass, withdraw: the act names what its dialog shows.
 * @param {Desk} desk @param {'hammerLot' | 'passLot' | 'withdrawLot'} act @param {string} title
 */
export function askEnd(desk, act, title) {
  const lot = desk.lot.value;
  if (!lot) return;
  const reasons = act === 'withdrawLot';
  question(desk, {
    title, yes: title, act, lot, reasons, previews: true,
    bodyOf: (form) => ({ lot: lot.lot, seen: seenOf(lot), ...(reasons ? { reason: reasonOf(form) } : {}) }),
  });
}

/** The reason; while none is written a preview has to do with a mark. @param {FormData} form */
const reasonOf = (form) => String(form.get('reason') ?? '').trim() || '\u2026';

/** @param {Desk} desk @param {any} fields @param {(form: FormData) => Record<string, any> | string} bodyOf */
export function askVoid(desk, fields, bodyOf) {
  const lot = desk.lot.value;
  if (!lot) return;
  question(desk, {
    title: t('act-void'), yes: t('act-void'), act: 'voidBid', lot, fields, reasons: true, previews: true, reckons: true,
    bodyOf: (form) => {
      const body = bodyOf(form);
      // Where it leads is put in when the preview has said it.
      return typeof body === 'string' ? body : { lot: lot.lot, note: reasonOf(form), leadsTo: { leader: 0, price: '0' }, ...body };
    },
  });
}

/** @param {Desk} desk @param {any} fields @param {(form: FormData) => Record<string, any> | string} bodyOf */
export function askBar(desk, fields, bodyOf) {
  question(desk, {
    title: t('act-bar'), yes: t('act-bar'), act: 'barPaddle', fields, reasons: true, previews: true,
    bodyOf: (form) => {
      const body = bodyOf(form);
      return typeof body === 'string' ? body : { reason: reasonOf(form), ...body };
    },
  });
}

/** Acts of the whole sale: what stands in it. @param {Desk} desk @param {'endSale' | 'publishSale'} act @param {string} title */
export function askSale(desk, act, title) {
  const views = desk.live.picture.order.value.map((lot) => desk.live.picture.lot(lot).value);
  const count = (/** @type {(lot: Lot) => boolean} */ which) => views.filter((lot) => lot && which(lot)).length;
  const row = (/** @type {string} */ name, /** @type {number} */ value) => html`<div><dt>${t(name)}</dt><dd>${number(value)}</dd></div>`;
  question(desk, {
    title, yes: title, act, bodyOf: () => ({}),
    facts: html`<p><${Title} of=${desk.terms.title} /></p><dl class="facts">${row('count-lots', views.length)}
      ${act === 'endSale' && html`${row('outcome-knocked-down', count((lot) => lot.outcome === 'KNOCKED_DOWN'))}${row('count-upcoming', count((lot) => lot.phase === 'UPCOMING'))}${row('count-open', count((lot) => lot.phase === 'OPEN'))}`}</dl>`,
  });
}
