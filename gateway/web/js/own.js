// Where this bidder stands in a lot, and whether the button waits.

import { key, t } from './l10n.js';

/** @typedef {import('./wire.js').Lot} Lot */
/** @typedef {'leading' | 'outbid' | 'unled' | 'won' | 'lost' | 'none'} Standing */

export const STANDING = {
  leading: { text: key('own-leading'), tone: 'is-good', icon: 'leading' },
  outbid: { text: key('own-outbid'), tone: 'is-bad', icon: 'outbid' },
  unled: { text: key('own-unled'), tone: 'is-quiet', icon: 'none' },
  won: { text: key('own-won'), tone: 'is-good', icon: 'won' },
  lost: { text: key('own-lost'), tone: 'is-quiet', icon: 'lost' },
  none: { text: key('own-none'), tone: 'is-quiet', icon: 'none' },
};
/** In place of any of them while the line is not sure. */
export const UNSURE = { text: key('own-unsure'), tone: 'is-quiet', icon: 'line' };

/**
 * @param {Lot} lot
 * @param {number} paddle
 * @param {import('./wire.js').Mine | null} mine
 * @returns {Standing}
 */
export function standing(lot, paddle, mine) {
  const leads = paddle > 0 && lot.leader === paddle;
  const bid = mine?.maxima.has(lot.lot) ?? false;
  if (lot.phase === 'CLOSED') {
    if (leads && lot.outcome === 'KNOCKED_DOWN') return 'won';
    return bid ? 'lost' : 'none';
  }
  if (leads) return 'leading';
  if (!bid || lot.phase !== 'OPEN') return 'none';
  // After a void, and in a new attempt, own bids do not stand, and nobody else's need to.
  return lot.leader > 0 ? 'outbid' : 'unled';
}

/** Why the button waits; empty when it may be pressed. @param {import('./bidder.js').Room} room @param {Lot} lot */
export function waitsFor(room, lot) {
  const board = room.live.picture.board.value;
  if (!room.live.isLive) return t('button-line');
  if (board?.phase === 'DRAFT') return t('sale-draft');
  if (board?.phase === 'ANNOUNCED') return t('sale-announced');
  if (board?.phase === 'PAUSED') return t('sale-paused');
  if (board?.phase === 'ENDED') return t('sale-ended');
  if (lot.phase === 'UPCOMING') return t('button-upcoming');
  if (lot.phase === 'CLOSED') return t('button-closed');
  return '';
}

/** What of this kind is on its way for a lot. @param {import('./bidder.js').Room} room @param {string} act @param {Lot} lot */
export const onTheWay = (room, act, lot) =>
  room.live.commands.pending.value.find((item) => item.act === act && item.body.lot === lot.lot);

/** What came of the last bid on a lot. "You lead" is not left standing once it is no longer so. @param {import('./bidder.js').Room} room @param {Lot} lot */
export function noteOf(room, lot) {
  const note = room.notes.value.get(lot.lot);
  const leads = standing(lot, room.paddle.value, room.live.picture.mine.value) === 'leading';
  return !note || (note.leads && !leads) ? null : note;
}
