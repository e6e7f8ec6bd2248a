// The clerk's room: the board at the side, the lot under the hammer large, an act for every key.

import { html, render } from '../vendor/htm-preact.js';
import { amendForm } from './amend-form.js';
import { Book } from './book.js';
import { run } from './boot.js';
import { FloorForm, admitForm, askForm, ceilingForm, help, inviteForm, limitForm, orderForm, presenceForm, reofferForm } from './desk-forms.js';
import { Desk } from './desk.js';
import { Dialogs, isOpen } from './dialog.js';
import { root, sale } from './env.js';
import { cap, listen } from './keys.js';
import { key, t } from './l10n.js';
import { Live } from './live.js';
import { soldTotals, totalText } from './lot-facts.js';
import { LotList } from './lot-list.js';
import { figure, lotNumber, money, number } from './money.js';
import { verdict } from './verdicts.js';
import { begin } from './start.js';
import { hour, zoneOfTimes } from './moments.js';
import { kindOf, wholeText } from './terms.js';
import { Decision, Icon, Lamp, LineBand, Money, Paddle, Title, When, announce, leaderLabel, lineSaid, onChange, pauseNote, priceLabel, saleLampOf, showDoubt, span, timeOf, until } from './ui.js';

const FLOOR_ID = 'floor-paddle';
const ACTS = {
  openLot: key('act-open'), warnLot: key('act-warn'), hammerLot: key('act-hammer'), passLot: key('act-pass'), floorBid: key('act-floor'), setAsk: key('act-ask'),
  confirmFloorBid: key('act-confirm-floor'), voidBid: key('act-void'), withdrawLot: key('act-withdraw'), reofferLot: key('act-reoffer'), reopenLot: key('act-reopen'),
  reorderLots: key('act-order'), raiseCeiling: key('act-ceiling'), amendLots: key('act-amend'), setLimit: key('act-limit'), markPresence: key('act-presence'), publishSale: key('act-publish'), admitPaddle: key('act-admit'), barPaddle: key('act-bar'),
  pauseSale: key('act-pause'), resumeSale: key('act-resume'), openSale: key('act-open-sale'), endSale: key('act-end-sale'),
};

/** @param {Desk} desk */
function keysOf(desk) {
  const forms = {
    floorForm: () => {
      const field = /** @type {HTMLInputElement | null} */ (document.getElementById(FLOOR_ID));
      field?.focus();
      field?.select();
    },
    askForm: () => askForm(desk),
    reofferForm: () => reofferForm(desk),
    ceilingForm: () => ceilingForm(desk),
    amendForm: () => amendForm(desk),
    orderForm: () => orderForm(desk),
    admitForm: () => admitForm(desk),
    limitForm: () => limitForm(desk),
    presenceForm: () => presenceForm(desk),
    invite: () => inviteForm(desk),
    help: () => help(keysOf(desk)),
  };
  return desk.keys(forms);
}

/** @param {{desk: Desk}} props */
function Lot({ desk }) {
  const lot = desk.lot.value;
  if (!lot) return html`<p class="card soft">${t('waiting-picture')}</p>`;
  const { live, currency } = desk;
  const board = live.picture.board.value;
  const terms = desk.book.of(lot.lot);
  const time = timeOf(lot, board, live.clock);
  const kind = kindOf(terms.kind);
  const none = lot.price === 0n;
  const whole = wholeText(none ? desk.book.opening(lot) : lot.price, terms, currency);
  return html`
    <section class="card desk-lot" aria-label=${t('now-region')}>
      <header class="desk-head"><span class="desk-number ${terms.label?.length > 6 ? 'is-long' : ''}"><bdi>${lotNumber(lot.lot, terms)}</bdi></span>
        <div class="stack-tight"><div class="row"><${Lamp} lot=${lot} board=${board} /><span class="soft small kind"><${Icon} name=${kind.icon} /> ${kind.name}</span>
          ${lot.attempt > 1 && html`<span class="pill is-info">${t('attempt', { count: number(lot.attempt) })}</span>`}</div>
          <h1><${Title} of=${terms.title} /></h1></div></header>
      <div class="desk-price place"><h2 class="now-label">${priceLabel(lot)}</h2>
        <p class="now-figure changed" key=${String(lot.price)}><${Money} minor=${none ? desk.book.opening(lot) : lot.price} currency=${currency} /></p>
        <p class="soft small">${t('bids', { count: lot.bids, shown: number(lot.bids) })}</p>
        ${whole && html`<p class="soft small">${whole}</p>`}</div>
      <div class="desk-figures">
        <div class="place"><h2 class="now-label">${leaderLabel(lot)}</h2>
          <p class="now-figure">${lot.leader > 0 ? html`<${Paddle} paddle=${lot.leader} />` : '\u2014'}</p></div>
        <div class="place"><h2 class="now-label">${t('price-next')}</h2><p class="now-clock">${lot.phase === 'OPEN' ? html`<${Money} minor=${lot.ask} currency=${currency} />` : '\u2014'}</p>
          ${lot.phase === 'OPEN' && whole && html`<p class="soft small">${wholeText(lot.ask, terms, currency)}</p>`}</div>
        <div class=${time.urgent ? 'is-urgent' : ''}><h2 class="now-label">${time.label}</h2><p class="now-clock"><bdi>${time.value || '\u2014'}</bdi></p></div>
      </div>
      <${When} lot=${lot} board=${board} zone=${desk.terms.timeZone} />
      <${Decision} lot=${lot} currency=${currency} />
      ${lot.note && html`<p class="notice is-info"><${Icon} name="warning" /><span><bdi dir="auto">${lot.note}</bdi></span></p>`}
    </section>`;
}

/** A held floor bid, or a lead on offer after a void: both have a clock. They come and go beneath what is pressed. @param {{desk: Desk}} props */
function Waits({ desk }) {
  const lot = desk.lot.value;
  const waits = lot?.held ?? lot?.offer;
  if (waits) {
    const left = until(desk.live.clock, waits.until);
    const values = { paddle: number(waits.paddle), amount: money('amount' in waits ? waits.amount : waits.price, desk.currency) };
    // The time stands beside the alert: within it every second would be spoken.
    return html`<div class="notice is-warn"><${Icon} name="warning" /><p><span role=${lot?.held ? 'alert' : null}>${t(lot?.held ? 'held-waits' : 'offer-waits', values)}</span>
      ${' '}<b class="figure" role="timer" aria-live="off">${left === undefined ? '' : span(left)}</b>${lot?.held && html` <kbd>C</kbd>`}</p></div>`;
  }
  return null;
}

/** R1: a jump of the hall is asked about; one key says that it is meant. @param {{desk: Desk}} props */
function Jump({ desk }) {
  const asked = desk.jump.value;
  if (!asked || asked.body.lot !== desk.current.value) return null;
  return html`<div class="notice is-warn"><${Icon} name="warning" /><div class="stack"><p role="alert">${desk.jumpText(asked)}</p>
    <button type="button" class="button" onClick=${() => desk.confirmJump()}><kbd>Y</kbd> ${t('act-jump')}</button></div></div>`;
}

/** @param {{desk: Desk, group?: 'main' | 'floor'}} props */
function Acts({ desk, group }) {
  const acts = keysOf(desk).filter((act) => act.group === group);
  return html`<div class=${group === 'main' ? 'acts-main' : 'acts'} role="group" aria-label=${group ? t('acts') : t('acts-more')}>${acts.map((act) => {
    const why = act.blocked?.() ?? '';
    return html`<button type="button" key=${act.text} class="button act ${act.hard ? 'act-hard' : ''}" aria-disabled=${Boolean(why)} title=${why || null}
      onClick=${(/** @type {MouseEvent} */ event) => desk.press(act, event.detail > 0)}><kbd>${cap(act.keys[0])}</kbd><span>${t(act.text)}</span></button>`;
  })}</div>`;
}

/** @param {import('./wire.js').BidLine} line */
const originOf = (line) => t(line.origin === 'FLOOR' ? 'origin-floor' : 'origin-web');

/** @param {{desk: Desk}} props */
function Bids({ desk }) {
  const lines = desk.bids.lines.value;
  const state = desk.bids.state.value;
  return html`<section class="card stack" aria-label=${t('last-bids')}><h2>${t('last-bids')}</h2>
    ${lines.length > 0 && html`<p class="hint">${zoneOfTimes(lines[0].at, desk.terms.timeZone)}</p>`}
    ${state === 'failed' && html`<p class="hint hint-bad">${t('bids-failed')}</p>`}
    ${lines.length === 0 ? state !== 'failed' && html`<p class="soft">${t(state === 'reading' ? 'history-loading' : 'no-bid-yet')}</p>` : html`<div class="scroll" tabindex="0"><table class="table bid-lines">
      <thead><tr><th>${t('col-bid')}</th><th>${t('paddle')}</th><th class="end">${t('amount-in', { currency: t('currency', { currency: desk.currency }) })}</th><th><span class="unseen">${t('col-origin')}</span></th><th class="end">${t('col-time')}</th></tr></thead>
      <tbody>${lines.map((line) => html`<tr key=${line.bid} class=${line.gone ? 'is-gone' : ''}>
        <td class="figure">${number(line.bid)}</td><td><b><${Paddle} paddle=${line.paddle} /></b></td>
        <td class="end"><bdi class="figure">${figure(line.shown, desk.currency)}</bdi></td>
        <td title=${originOf(line)}><${Icon} name=${line.origin === 'FLOOR' ? 'hall' : 'web'} /><span class="unseen">${originOf(line)}</span></td>
        <td class="end figure">${hour(line.at, desk.terms.timeZone)}</td></tr>`)}</tbody></table></div>`}</section>`;
}

/** What came back. @param {{desk: Desk}} props */
function Log({ desk }) {
  const { commands } = desk.live;
  return html`<section class="card stack" aria-label=${t('answers')}><h2>${t('answers')}</h2>
    <ol class="log" aria-live="polite">
      ${commands.pending.value.map((item) => html`<li key=${item.id} class="log-row is-quiet"><${Icon} name="clock" /><span>${actName(desk, item)} — ${t('pending')}</span></li>`)}
      ${commands.log.value.slice(0, 12).map((entry) => {
        const said = verdict(entry, desk.currency, desk.terms.voidNeedsSecond);
        return html`<li key=${entry.id} class="log-row ${said.tone}"><${Icon} name=${said.icon} /><span><b>${actName(desk, entry)}</b> — ${said.text}</span></li>`;
      })}
      ${commands.pending.value.length + commands.log.value.length === 0 && html`<li class="soft">${t('answers-none')}</li>`}
    </ol></section>`;
}

/** @param {Desk} desk @param {{act: string, body: any}} entry */
function actName(desk, { act, body }) {
  const name = ACTS[/** @type {keyof typeof ACTS} */ (act)];
  const number = body.lot ?? body.lots?.[0]?.lot;
  const lot = number ? ` \u00b7 ${t('lot-n', { lot: lotNumber(number, desk.book.of(number)) })}` : '';
  return `${name ? t(name) : act}${lot}`;
}

/** @param {{desk: Desk}} props */
function Page({ desk }) {
  const { live } = desk;
  const board = live.picture.board.value;
  const views = live.picture.order.value.map((lot) => live.picture.lot(lot).value);
  const sold = views.filter((lot) => lot?.outcome === 'KNOCKED_DOWN');
  const totals = soldTotals(sold.map((lot) => ({ price: lot?.price ?? 0n, terms: desk.book.of(lot?.lot ?? 0) })));
  const refused = live.role.value && !['CLERK', 'AUCTIONEER', 'ADMIN'].includes(live.role.value);
  return html`
    <${LineBand} live=${live} />
    ${refused && live.line.value.state === 'live' && html`<div class="band is-bad" role="alert">${t('clerk-only')}</div>`}
    ${board?.phase === 'DRAFT' && html`<div class="band is-info" role="status">${t('draft-band')}
      ${desk.mayPublish && html`<button type="button" class="button" onClick=${() => desk.publish()}><kbd>\u21e7P</kbd> ${t('act-publish')}</button>`}</div>`}
    <div class="desk">
      <div class="desk-side">
        <section class="card desk-sale"><h2 class="desk-sale-title"><${Title} of=${desk.terms.title} /></h2>
          ${board && html`<p class="small">${t(saleLampOf(board).text)}${pauseNote(board) && html`: <bdi dir="auto">${pauseNote(board)}</bdi>`}</p>`}
          <p class="small soft">${t('sale-count', { sold: number(sold.length), all: number(views.length) })}${totals.map((total) => html`<br />${totalText(total, desk.currency)}`)}</p></section>
        <${LotList} picture=${live.picture} lots=${desk.book.lots.value} currency=${desk.currency} current=${desk.current.value} onChoose=${(/** @type {number} */ lot) => desk.choose(lot)} />
      </div>
      <div class="desk-main"><${Lot} desk=${desk} /><${Acts} desk=${desk} group="main" />
        <section class="card stack"><${FloorForm} key=${desk.current.value} desk=${desk} id=${FLOOR_ID} /><${Acts} desk=${desk} group="floor" />
          <p class="hint hint-bad desk-said">${desk.said.value || '\u00a0'}</p><${Waits} desk=${desk} /><${Jump} desk=${desk} /></section><${Acts} desk=${desk} /></div>
      <div class="desk-end"><${Bids} desk=${desk} /><${Log} desk=${desk} /></div>
    </div>
    <${Dialogs} />`;
}

run(async () => {
  // Reasons are written in both languages: whoever follows the sale reads them.
  const { who, read } = await begin('ar', 'en');
  const live = new Live(sale, who.account);
  const desk = new Desk(live, sale, read.terms, new Book(sale, read, live.picture));
  live.commands.settled = (entry) => desk.answered(entry);
  listen(() => keysOf(desk), isOpen, (act) => desk.press(act));
  onChange(() => live.line.value, ({ state, why }) => {
    if (state === 'live') desk.said.value = '';
    else if (why !== 'woken') announce(lineSaid(live)?.text ?? '', 'assertive');
  });
  showDoubt(live);
  root.textContent = '';
  render(html`<${Page} desk=${desk} />`, root);
});
