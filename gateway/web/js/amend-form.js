// R14: the terms of a lot that has not opened, to be amended. What the form does not show stays as it is.

import { html } from '../vendor/htm-preact.js';
import { Acts, askReason, show, submits } from './dialog.js';
import { t } from './l10n.js';
import { figure, lotNumber, parseAmount, problemText } from './money.js';
import { aheadOf } from './moments.js';
import { REASONS } from './reasons.js';
import { big, time } from './wire.js';

/** @typedef {import('./desk.js').Desk} Desk */

const MINUTE_US = 60e6;

/** What a clock in the zone shows, as a field for a moment has it. @param {number} micros @param {string} zone */
export const wallOf = (micros, zone) =>
  (micros > 0 ? new Date(micros / 1000 + aheadOf(micros, zone) * 60_000).toISOString().slice(0, 16) : '');

/** The moment at which a clock in the zone shows that; 0: it says nothing. @param {string} wall @param {string} zone */
export function momentOf(wall, zone) {
  const plain = Date.parse(`${wall}Z`) * 1000;
  if (!Number.isFinite(plain)) return 0;
  // Twice: the first is off where summer time begins or ends in between.
  const near = plain - aheadOf(plain, zone) * MINUTE_US;
  return plain - aheadOf(near, zone) * MINUTE_US;
}

/** @param {string} name @param {string} label @param {string} value @param {Record<string, any>} [rest] */
const field = (name, label, value, rest = {}) => html`
  <label class="field"><span>${label}</span><input class="input" name=${name} autocomplete="off" dir="auto" defaultValue=${value} ...${rest} /></label>`;

/** @param {string} name @param {string} label @param {string} value */
const lines = (name, label, value) => html`
  <label class="field"><span>${label}</span><textarea class="input" name=${name} rows="3" dir="auto" defaultValue=${value}></textarea></label>`;

/** @param {any} terms @param {string} zone @param {string} currency */
function fields(terms, zone, currency) {
  const timed = terms.running?.timed;
  const amount = (/** @type {string} */ name, /** @type {string} */ label, /** @type {bigint} */ minor) =>
    field(name, label, minor > 0n ? figure(minor, currency) : '', { inputmode: 'decimal', dir: 'ltr' });
  const moment = (/** @type {string} */ name, /** @type {string} */ label, /** @type {unknown} */ micros) =>
    time(micros) > 0 && field(name, label, wallOf(time(micros), zone), { type: 'datetime-local', dir: 'ltr' });
  return html`
    <p class="hint">${t('amend-hint')}</p>
    ${field('titleAr', t('term-title-ar'), terms.title?.ar ?? '', { 'data-first': true })}
    ${field('titleEn', t('term-title-en'), terms.title?.en ?? '')}
    ${lines('descriptionAr', t('term-description-ar'), terms.description?.ar ?? '')}
    ${lines('descriptionEn', t('term-description-en'), terms.description?.en ?? '')}
    ${field('label', t('term-label'), terms.label ?? '')}
    ${field('reference', t('fact-reference'), terms.reference ?? '')}
    ${amount('opening', t('fact-opening'), big(terms.english?.opening))}
    ${amount('estimateLow', t('term-estimate-low'), big(terms.estimateLow))}
    ${amount('estimateHigh', t('term-estimate-high'), big(terms.estimateHigh))}
    ${amount('ceiling', t('term-ceiling'), big(terms.ceiling))}
    ${moment('opensAt', t('term-opens-at'), timed?.opensAt)}
    ${moment('closesAt', t('term-closes-at'), timed?.closesAt)}
    ${amount('reserve', t('amend-reserve'), 0n)}
    ${terms.english?.reserve && html`<label class="row"><input type="checkbox" name="noReserve" value="yes" /> <span>${t('amend-no-reserve')}</span></label>`}`;
}

/**
 * The amendment that a form asks for, or what is wrong with it.
 * @param {any} terms those that stand
 * @param {(name: string) => string} said what a field says
 * @param {{zone: string, currency: string}} sale
 * @returns {{terms: any, reserve?: string, noReserve?: boolean} | {problem: string}}
 */
export function amendmentOf(terms, said, { zone, currency }) {
  const amended = structuredClone(terms);
  if (amended.english) delete amended.english.reserve;
  amended.title = { ar: said('titleAr'), en: said('titleEn') };
  amended.description = { ar: said('descriptionAr'), en: said('descriptionEn') };
  amended.label = said('label');
  amended.reference = said('reference');
  /** @type {Record<string, string>} */
  const amounts = {};
  for (const name of ['opening', 'estimateLow', 'estimateHigh', 'ceiling', 'reserve']) {
    if (said(name) === '') continue;
    const read = parseAmount(said(name), currency);
    if ('problem' in read) return { problem: problemText(read.problem) };
    amounts[name] = String(read.minor);
  }
  amended.english = { ...amended.english, opening: amounts.opening ?? '0' };
  amended.estimateLow = amounts.estimateLow ?? amounts.estimateHigh ?? '0';
  amended.estimateHigh = amounts.estimateHigh ?? amounts.estimateLow ?? '0';
  amended.ceiling = amounts.ceiling ?? '0';
  for (const name of ['opensAt', 'closesAt']) {
    const before = time(terms.running?.timed?.[name]);
    // A moment that nobody touched keeps its seconds.
    if (before === 0 || said(name) === wallOf(before, zone)) continue;
    const at = momentOf(said(name), zone);
    if (at <= 0) return { problem: t('amend-moment') };
    amended.running.timed[name] = String(at);
  }
  const noReserve = said('noReserve') === 'yes';
  if (noReserve && amounts.reserve) return { problem: t('amend-reserve-unclear') };
  return { terms: amended, ...(amounts.reserve ? { reserve: amounts.reserve } : {}), ...(noReserve ? { noReserve } : {}) };
}

/** The lot on screen, before it opens. @param {Desk} desk */
export function amendForm(desk) {
  const lot = desk.lot.value;
  if (!lot) return;
  const terms = desk.book.of(lot.lot);
  const zone = desk.terms.timeZone ?? '';
  const title = `${t('act-amend')}: ${t('lot-n', { lot: lotNumber(lot.lot, terms) })}`;
  const send = (/** @type {FormData} */ form, /** @type {string} */ reason) => {
    // Somebody else may have amended it meanwhile: what is written here answers what stood then.
    if (desk.live.picture.lot(lot.lot).value?.amendments !== lot.amendments) return t('just-changed');
    const said = (/** @type {string} */ name) => String(form.get(name) ?? '').trim();
    const read = amendmentOf(terms, said, { zone, currency: desk.currency });
    if ('problem' in read) return read.problem;
    desk.send('amendLots', { lots: [{ lot: lot.lot, ...read }], reason });
  };
  if (desk.live.picture.board.value?.phase !== 'DRAFT') {
    askReason({ title, yes: t('act-amend'), waits: desk.waits, made: REASONS.amendLots, fields: fields(terms, zone, desk.currency), onYes: (reason, form) => send(form, reason) });
    return;
  }
  const submit = submits(desk.waits, (form) => send(form, ''));
  show(() => html`
    <form class="stack" onSubmit=${submit}>
      <h2 id="dialog-title">${title}</h2>
      ${fields(terms, zone, desk.currency)}
      <${Acts} yes=${t('act-amend')} waits=${desk.waits} />
    </form>`);
}
