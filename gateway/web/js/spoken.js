// What a bidder hears: the price politely, one's own fate at once.

import { key, t } from './l10n.js';
import { lotNumber, money, number } from './money.js';
import { standing } from './own.js';
import { announce, lineSaid, onChange, until } from './ui.js';

/** @typedef {import('./bidder.js').Room} Room */
/** @typedef {import('./wire.js').Lot} Lot */

/** @param {Room} room */
export function speak(room) {
  const { live } = room;
  const lot = () => live.picture.lot(room.current.value).value;
  const mine = () => live.picture.mine.value;
  const here = (/** @type {unknown} */ value) => `${room.current.value} ${value}`;
  onChange(() => here(lot()?.price ?? 0n), () => {
    const now = lot();
    if (now && now.price > 0n) announce(t('say-price', { price: money(now.price, room.currency) }));
  });
  onChange(() => here(lot() ? standing(/** @type {Lot} */ (lot()), room.paddle.value, mine()) : 'none'), (now) => {
    const state = now.split(' ')[1];
    if (state === 'outbid') announce(t('own-outbid'), 'assertive');
    if (state === 'won') announce(t('own-won'), 'assertive');
  });
  onChange(() => Boolean(mine()?.present), (isPresent) => announce(t(isPresent ? 'mine-present' : 'mine-left'), 'assertive'));
  // A lot that is not on screen takes the bidder's money too.
  const beaten = () => [...(mine()?.maxima.keys() ?? [])].filter((number) => {
    const other = live.picture.lot(number).value;
    return other && standing(other, room.paddle.value, mine()) === 'outbid';
  });
  onChange(() => beaten().join(' '), (now, before) => {
    const known = before.split(' ');
    for (const other of now.split(' ')) {
      if (!other || known.includes(other) || Number(other) === room.current.value) continue;
      announce(t('say-lot', { lot: lotNumber(Number(other), room.book.of(Number(other))), what: t('own-outbid') }), 'assertive');
    }
  });
  onChange(() => here(lot()?.warnings ?? 0), () => {
    const count = lot()?.warnings ?? 0;
    if (count > 0) announce(t(count > 1 ? key('lot-warned-twice') : key('lot-warned-once')), 'assertive');
  });
  onChange(() => {
    const now = lot();
    const rest = now?.phase === 'OPEN' && now.endsAt ? until(live.clock, now.endsAt) : undefined;
    return rest === undefined ? 0 : [60, 30, 10, 5].filter((mark) => rest <= mark * 1e6).pop() ?? 0;
  }, (mark) => { if (mark > 0) announce(t('seconds', { count: mark, shown: number(mark) })); });
  onChange(() => live.line.value.state, (state) => {
    if (live.line.value.why === 'woken') return;
    if (state === 'stale' || state === 'cut') announce(t('line-stale'), 'assertive');
    if (state === 'stopped') announce(lineSaid(live)?.text ?? '', 'assertive');
  });
}
