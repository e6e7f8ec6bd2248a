// The sales of the house: where each stands, and the way to its pages.

import { html } from '../vendor/htm-preact.js';
import { confirm } from './admin-parts.js';
import { said, t } from './l10n.js';
import { moment } from './moments.js';
import { number } from './money.js';
import { Pill, saleLampOf } from './ui.js';

/** @typedef {import('./admin-house.js').House} House */
/** @typedef {import('./admin-house.js').SaleLine} SaleLine */

/** @param {{house: House}} props */
export function SalesSection({ house }) {
  const sales = house.sales.value;
  if (!sales.length) return html`<p class="soft">${t('admin-no-sales')}</p>`;
  return html`<ul class="lines">${sales.map((sale) => html`<${Line} key=${sale.sale} house=${house} sale=${sale} />`)}</ul>`;
}

/** @param {{house: House, sale: SaleLine}} props */
function Line({ house, sale }) {
  const lamp = saleLampOf(/** @type {any} */ ({ phase: sale.phase.replace(/^SALE_PHASE_/, '') }));
  const title = said(sale.title);
  const publish = () => confirm({ title: t('act-publish'), text: html`<bdi dir="auto">${title}</bdi>. ${t('publish-question')}`, yes: t('act-publish'), onYes: () => house.publish(sale.sale) });
  return html`<li class="line">
    <div class="line-head"><h3><bdi dir="auto">${title}</bdi></h3>${lamp && html`<${Pill} name=${lamp.icon} tone=${lamp.tone}>${t(lamp.text)}</${Pill}>`}</div>
    <p class="small soft">${t('sale-count', { sold: number(sale.knockedDown), all: number(sale.lots) })}${sale.phase === 'SALE_PHASE_DRAFT' || sale.phase === 'SALE_PHASE_ANNOUNCED' ? html` · ${opening(sale)}` : ''}</p>
    <div class="row">
      ${house.isAdmin && sale.phase === 'SALE_PHASE_DRAFT' && html`<button type="button" class="button button-main" onClick=${publish}>${t('act-publish')}</button>`}
      <a class="button" href=${`/sales/${sale.sale}`}>${t('door-public')}</a>
      <a class="button" href=${`/clerk/${sale.sale}`}>${t('door-clerk')}</a>
      <a class="button" href=${`/hall/${sale.sale}`}>${t('door-hall')}</a>
      ${house.isAdmin && html`<a class="button" href=${`/analyst/${sale.sale}`}>${t('door-analyst')}</a>`}
    </div></li>`;
}

/** @param {SaleLine} sale */
const opening = ({ opensAt, timeZone }) => (opensAt === '0' ? t('sale-opens-by-hand') : t('sale-opens-at', { when: moment(Number(opensAt), timeZone) }));
