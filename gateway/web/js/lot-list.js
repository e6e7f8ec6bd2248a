// The lots of the sale, to switch between: number, title, price, time, own state.

import { html } from '../vendor/htm-preact.js';
import { useEffect, useRef } from '../vendor/preact-hooks.js';
import { t } from './l10n.js';
import { lotNumber, number } from './money.js';
import { STANDING, standing } from './own.js';
import { Icon, Lamp, Money, Title, noBidName } from './ui.js';

/** Long catalogues are drawn around the lot on screen. */
const SHOWN_MAX = 200;

/**
 * @typedef {object} Props
 * @property {import('./picture.js').Picture} picture
 * @property {Map<number, any>} lots
 * @property {string} currency
 * @property {number} current
 * @property {number} [paddle]
 * @property {(lot: number) => void} onChoose
 */

/** @param {Props} props */
export function LotList({ picture, lots, currency, current, paddle = 0, onChoose }) {
  const order = picture.order.value;
  const at = Math.max(0, order.indexOf(current) - SHOWN_MAX / 2);
  const shown = order.slice(at, at + SHOWN_MAX);
  return html`
    <nav class="lots" aria-label=${t('lots-of-sale')}>
      <h2>${t('lots-of-sale')}</h2>
      <ol class="lots-list">
        ${shown.map((lot) => html`<${Row} key=${lot} lot=${lot} picture=${picture} terms=${lots.get(lot)} currency=${currency}
          current=${lot === current} paddle=${paddle} onChoose=${onChoose} />`)}
      </ol>
    </nav>`;
}

/** @param {{lot: number, picture: import('./picture.js').Picture, terms: any, currency: string, current: boolean, paddle: number, onChoose: (lot: number) => void}} props */
function Row({ lot, picture, terms, currency, current, paddle, onChoose }) {
  const view = picture.lot(lot).value;
  const row = useRef(/** @type {HTMLElement | null} */ (null));
  // The list follows the lot on screen where it scrolls by itself; the page is never moved.
  useEffect(() => {
    const box = current ? row.current?.closest('.lots') : null;
    if (!row.current || !box || box.scrollHeight <= box.clientHeight) return;
    const [top, bottom] = [row.current.offsetTop, row.current.offsetTop + row.current.offsetHeight];
    if (top < box.scrollTop || bottom > box.scrollTop + box.clientHeight) box.scrollTop = top - box.clientHeight / 3;
  }, [current]);
  if (!view) return null;
  const state = standing(view, paddle, picture.mine.value);
  const own = state === 'none' ? null : STANDING[state];
  return html`
    <li ref=${row}><button type="button" class="lots-row" aria-current=${current ? 'true' : null} onClick=${() => onChoose(lot)}>
      <span class="lots-number figure">${lotNumber(lot, terms)}</span>
      <span class="lots-title"><${Title} of=${terms?.title} /></span>
      <span class="lots-price">${view.price > 0n ? html`<${Money} minor=${view.price} currency=${currency} />` : html`<span class="soft">${t(noBidName(view))}</span>`}</span>
      <span class="lots-state"><${Lamp} lot=${view} board=${picture.board.value} />
        ${own && html`<span class="pill ${own.tone}"><${Icon} name=${own.icon} />${t(own.text)}</span>`}</span>
    </button></li>`;
}
