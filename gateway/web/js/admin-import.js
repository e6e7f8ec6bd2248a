// A catalogue from a spreadsheet: the file is sent and read, what was understood is shown cell by cell, and
// only what was shown is imported.

import { html } from '../vendor/htm-preact.js';
import { useSignal } from '../vendor/signals.js';
import { Wrong, field } from './admin-parts.js';
import { whyNot } from './admin-house.js';
import { lang } from './env.js';
import { ask } from './http.js';
import { said, t } from './l10n.js';
import { number } from './money.js';
import { Icon, announce } from './ui.js';

/** @typedef {import('./admin-house.js').House} House */

/** What the server takes. */
const BYTES_MAX = 4 * 1024 * 1024;
/** How long a file may take on its way, and to be read. */
const PATIENCE_MS = 60_000;
/** Lots shown at first: what is wrong is wrong in the first ones more often than not. */
const SHOWN_FIRST = 50;

/** A text in the language of the page. @param {{ar: string, en: string}} both */
const ours = (both) => (lang === 'ar' ? both.ar : both.en);

/** @param {{house: House}} props */
export function ImportSection({ house }) {
  const [target, wrong, waits] = [useSignal(''), useSignal(''), useSignal(false)];
  /** What was sent, and what the server says of it. */
  const read = useSignal(/** @type {{bytes: ArrayBuffer, query: URLSearchParams, reply: any} | null} */ (null));
  const send = async (/** @type {ArrayBuffer} */ bytes, /** @type {URLSearchParams} */ query) => {
    waits.value = true;
    const outcome = await ask(`/api/v1/import?${query}`, { method: 'POST', body: bytes, patience: PATIENCE_MS });
    waits.value = false;
    wrong.value = outcome.ok ? '' : whyNot(outcome);
    if (!outcome.ok) return;
    query.delete('plan');
    read.value = { bytes, query, reply: outcome.body };
    announce(t(outcome.body.done ? 'import-done' : 'import-read'));
    await house.look();
  };
  const submit = async (/** @type {any} */ event) => {
    event.preventDefault();
    if (waits.value) return;
    const form = new FormData(event.currentTarget);
    const file = /** @type {File} */ (form.get('file'));
    read.value = null;
    if (!file?.size) return void (wrong.value = t('import-no-file'));
    if (file.size > BYTES_MAX) return void (wrong.value = t('import-too-large'));
    const query = new URLSearchParams({ name: file.name });
    for (const [name, value] of form) if (name !== 'file' && String(value).trim()) query.set(name, String(value).trim());
    // Read once: what is imported is what was shown, whatever becomes of the file meanwhile.
    await send(await file.arrayBuffer(), query);
  };
  const confirm = async () => {
    const now = read.value;
    if (!now || waits.value) return;
    now.query.set('plan', now.reply.plan);
    await send(now.bytes, now.query);
  };
  const open = house.sales.value.filter(({ phase }) => phase !== 'SALE_PHASE_ENDED');
  return html`<form class="stack" onSubmit=${submit}>
    <p class="hint">${t('import-hint')}</p>
    <div class="fields">
      <label class="field"><span>${t('import-sale')}</span><select class="input" name="sale" value=${target.value} onChange=${(/** @type {any} */ event) => { target.value = event.currentTarget.value; }}>
        <option value="">${t('import-new-sale')}</option>${open.map(({ sale, title }) => html`<option value=${sale}>${said(title)}</option>`)}</select></label>
      <label class="field"><span>${t('import-file')}</span><input class="input" type="file" name="file" accept=".csv,.tsv,.txt,.xlsx" /></label>
    </div>
    ${target.value === '' && html`<div class="fields">
      ${field('titleAr', t('import-title-ar'), { dir: 'rtl', lang: 'ar', maxlength: 200 })}${field('titleEn', t('import-title-en'), { dir: 'ltr', lang: 'en', maxlength: 200 })}
      ${field('currency', t('import-currency'), { dir: 'ltr', defaultValue: 'EGP', maxlength: 3 })}${field('timeZone', t('import-zone'), { dir: 'ltr', defaultValue: 'Africa/Cairo' })}
      ${field('opensAt', t('import-opens-at'), { dir: 'ltr', placeholder: '2027-03-01 10:00' })}</div>`}
    <details><summary>${t('import-more')}</summary><div class="fields details">
      ${field('increments', t('import-steps'), { dir: 'ltr', placeholder: '0:50;1000:100' })}${field('sheet', t('import-sheet'), { dir: 'auto' })}
      <label class="field"><span>${t('import-hidden')}</span><select class="input" name="hidden"><option value="">${t('import-hidden-stop')}</option><option value="take">${t('import-hidden-take')}</option><option value="leave">${t('import-hidden-leave')}</option></select></label></div></details>
    <${Wrong} text=${wrong.value} />
    <div class="row"><button type="submit" class="button button-main" aria-disabled=${waits.value}>${t('import-look')}</button>${waits.value && html`<span role="status">${t('import-waits')}</span>`}</div>
  </form>
  ${read.value && html`<${Reply} reply=${read.value.reply} waits=${waits.value} onYes=${confirm} />`}`;
}

/** @param {{reply: any, waits: boolean, onYes: () => void}} props */
function Reply({ reply, waits, onYes }) {
  if (reply.done) {
    const { sale, draft } = reply.understood;
    return html`<p class="notice is-good" role="status"><${Icon} name="won" /><span>${t('import-done')} <a href=${`/sales/${sale}`}>${ours(reply.understood.title) || said(reply.understood.title)}</a>${draft && html`. ${t('import-draft')}`}</span></p>`;
  }
  if (reply.wrong) return html`<${Problems} reply=${reply} />`;
  return html`<${Understood} told=${reply.understood} waits=${waits} onYes=${onYes} />`;
}

/** What is wrong, cell by cell. @param {{reply: any}} props */
function Problems({ reply }) {
  const listed = reply.problems.reduce((/** @type {number} */ all, /** @type {any} */ problem) => all + problem.cells, 0);
  return html`<div class="stack import-problems" role="alert">
    <p class="notice is-bad"><${Icon} name="warning" /><span>${t('import-wrong', { count: reply.wrong, shown: number(reply.wrong) })}</span></p>
    <ul class="lines">${reply.problems.map((/** @type {any} */ problem) => html`<li class="line">
      <div class="line-head"><code dir="ltr">${problem.cell}</code>${problem.column && html`<code dir="ltr" class="soft">${problem.column}</code>`}</div>
      <p>${t('import-expected')} ${lang === 'ar' ? problem.expectedAr : problem.expectedEn}</p>
      ${problem.found && html`<p class="soft">${t('import-found')} <bdi dir="auto">«${problem.found}»</bdi></p>`}
      ${problem.also.length > 0 && html`<p class="small soft">${t('import-also')} <bdi dir="ltr">${problem.also.slice(0, 12).map((/** @type {any} */ also) => also.cell).join(', ')}${problem.also.length > 12 ? ' …' : ''}</bdi></p>`}</li>`)}</ul>
    ${listed < reply.wrong && html`<p class="soft">${t('import-more-wrong', { shown: number(reply.wrong - listed) })}</p>`}</div>`;
}

/** How each cell was read, and what would be done. @param {{told: any, waits: boolean, onYes: () => void}} props */
function Understood({ told, waits, onYes }) {
  const all = useSignal(false);
  const lots = all.value ? told.lots : told.lots.slice(0, SHOWN_FIRST);
  const isDone = !told.createsSale && !told.clears && !told.adds;
  return html`<div class="stack import-understood">
    <h3>${t('import-preview')}</h3>
    <p class="notice is-info" role="status"><${Icon} name="lot" /><span>
      ${t(told.createsSale ? 'import-creates' : 'import-into')} <b><bdi dir="auto">${ours(told.title) || said(told.title)}</bdi></b>.
      ${' '}${t('import-adds', { count: told.adds, shown: number(told.adds) })}${told.alreadyThere > 0 && html` ${t('import-there', { shown: number(told.alreadyThere) })}`}${told.clears > 0 && html` <b>${t('import-clears', { shown: number(told.clears) })}</b>`}
      ${told.opensAt && html`<br />${t('sale-opens-at', { when: ours(told.opensAt) })}`}${told.steps && html`<br />${t('import-steps-are', { steps: ours(told.steps) })}`}</span></p>
    ${told.doubts.length > 0 && html`<div class="notice is-warn"><${Icon} name="warning" /><ul class="plain">${told.doubts.map((/** @type {any} */ doubt) => html`<li>${ours(doubt)}</li>`)}</ul></div>`}
    ${told.above.length + told.hiddenSheets.length > 0 && html`<p class="hint">${told.above.length > 0 && html`${t('import-above')} <bdi dir="auto">${told.above.join(' / ')}</bdi> `}${told.hiddenSheets.length > 0 && html`${t('import-hidden-sheets')} <bdi dir="auto">${told.hiddenSheets.join(' / ')}</bdi>`}</p>`}
    <div class="scroll" tabindex="0"><table class="table import-lots">
      <thead><tr><th>${t('lot')}</th><th>${t('import-title')}</th><th class="end">${t('price-opening')}</th><th>${t('import-times')}</th><th>${t('import-rest')}</th></tr></thead>
      <tbody>${lots.map((/** @type {any} */ lot) => html`<${LotRow} key=${lot.row} lot=${lot} />`)}</tbody></table></div>
    ${lots.length < told.lots.length && html`<button type="button" class="button" onClick=${() => { all.value = true; }}>${t('import-all-lots', { shown: number(told.lots.length) })}</button>`}
    <div class="row"><button type="button" class="button button-main" disabled=${isDone} aria-disabled=${waits || isDone} onClick=${onYes}>${t(isDone ? 'import-nothing' : 'import-yes')}</button></div></div>`;
}

/** @param {{lot: any}} props */
function LotRow({ lot }) {
  const rest = [
    [t('fact-estimate'), lot.estimateLow && `${ours(lot.estimateLow)} – ${ours(lot.estimateHigh)}`],
    [t('import-ceiling'), ours(lot.ceiling)],
    [t('import-quantity'), [lot.quantity, lot.unit].filter(Boolean).join(' ')],
    [t('import-place'), lot.place && (ours(lot.place.name) || said(lot.place.name))],
    [t('import-base'), t(lot.hasReserve ? 'import-base-given' : 'import-base-none')],
  ];
  return html`<tr>
    <td data-label=${t('lot')}><bdi class="figure">${lot.printed}</bdi><br /><span class="small soft">${t('import-row', { row: number(lot.row) })}</span></td>
    <td data-label=${t('import-title')}><bdi dir="auto">${ours(lot.title) || said(lot.title)}</bdi></td>
    <td data-label=${t('price-opening')} class="end"><b>${ours(lot.opening)}</b></td>
    <td data-label=${t('import-times')}><${Times} lot=${lot} /></td>
    <td data-label=${t('import-rest')}>${rest.map(([name, value]) => value && html`<span class="fact"><span class="soft">${name}</span> <bdi dir="auto">${value}</bdi></span>`)}</td></tr>`;
}

/** @param {{lot: any}} props */
function Times({ lot }) {
  if (lot.way !== 'timed') return html`${t('method-clerked')}`;
  return html`
    ${lot.opensAt && html`<span class="fact"><span class="soft">${t('time-opening')}</span> ${ours(lot.opensAt)}</span>`}
    ${!lot.opensAt && html`<span class="fact">${t('import-after-previous', { seconds: number(lot.opensAfterPreviousS ?? 0) })}</span>`}
    ${lot.closesAt && html`<span class="fact"><span class="soft">${t('time-ends-at')}</span> ${ours(lot.closesAt)}</span>`}
    ${!lot.closesAt && lot.durationS && html`<span class="fact">${t('import-runs', { seconds: number(lot.durationS) })}</span>`}`;
}
