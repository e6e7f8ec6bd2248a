// The state of a lot after each event of its history: a fold of the log, like every other screen.

import { big, time, word } from './wire.js';

/** @typedef {{revision: string, at: number, kind: string, data: any}} Event */
/** @typedef {import('./wire.js').Lot} Lot */

/** @param {number} lot @returns {Lot} */
const start = (lot) => ({
  lot, revision: 0n, phase: 'UPCOMING', attempt: 0, price: 0n, ask: 0n, leader: 0, bids: 0, opensAt: 0, endsAt: 0, extensions: 0,
  warnings: 0, outcome: '', last: null, offer: null, held: null, reserve: 0n, note: '', remains: 0,
});

/** What each kind of event changes. @type {Record<string, (lot: Lot, data: any, at: number) => Partial<Lot>>} */
const CHANGES = {
  LotScheduled: (_lot, data) => ({ opensAt: time(data.opensAt) }),
  LotOpened: (_lot, data) => ({
    phase: 'OPEN', attempt: data.attempt ?? 1, ask: big(data.ask), endsAt: time(data.endsAt), warnings: 0, extensions: 0, outcome: '', price: 0n, leader: 0, bids: 0, last: null,
  }),
  LotWarned: (_lot, data) => ({ warnings: data.warning ?? 1 }),
  AskSet: (_lot, data) => ({ ask: big(data.ask) }),
  LotExtended: (lot, data) => ({ endsAt: time(data.endsAt), extensions: lot.extensions + 1 }),
  LotClosed: (lot, data) => ({
    phase: 'CLOSED', outcome: word(data.outcome, 'LOT_OUTCOME_', ''), leader: data.paddle ?? 0, price: big(data.price) || lot.price, reserve: big(data.reserve), held: null, offer: null,
  }),
  LotWithdrawn: (_lot, data) => ({ phase: 'CLOSED', outcome: 'WITHDRAWN', note: data.reason ?? '' }),
  LotReoffered: (_lot, data) => ({ phase: 'UPCOMING', attempt: data.attempt ?? 0, outcome: '', price: 0n, leader: 0, bids: 0, ask: 0n }),
  LotReopened: (_lot, data) => ({ phase: 'OPEN', outcome: '', note: data.reason ?? '', warnings: 0 }),
  ReserveLifted: (_lot, data) => ({ price: big(data.price) }),
  BidAccepted: (lot, data, at) => ({
    price: big(data.price), leader: data.leader ?? 0, ask: big(data.ask), bids: lot.bids + 1, warnings: 0, held: null, offer: null,
    last: { bid: data.bid ?? 0, paddle: data.paddle ?? 0, origin: word(data.origin, 'BID_ORIGIN_', 'WEB'), shown: big(data.shown), at },
  }),
  FloorBidHeld: (_lot, data) => ({ held: { paddle: data.paddle ?? 0, amount: big(data.amount), until: time(data.until) } }),
  FloorBidLapsed: () => ({ held: null }),
  BidVoided: (lot, data) => ({ price: big(data.price), leader: data.leader ?? 0, ask: big(data.ask), bids: Math.max(0, lot.bids - 1), note: data.note ?? '' }),
  ReaffirmOffered: (_lot, data) => ({ offer: { paddle: data.paddle ?? 0, amount: big(data.amount), until: time(data.until) }, ask: big(data.ask) }),
  LeadReaffirmed: (lot, data) => ({ price: big(data.amount), leader: data.paddle ?? 0, ask: big(data.ask), bids: lot.bids + 1, offer: null }),
  ReaffirmEnded: (_lot, data) => ({ ask: big(data.ask), offer: null }),
};

/**
 * @param {number} lot
 * @param {any[]} events as the history interface tells them, oldest first
 * @returns {{event: Event, state: Lot}[]}
 */
export function replay(lot, events) {
  let state = start(lot);
  return events.map((raw) => {
    const event = { revision: String(raw.revision ?? '0'), at: time(raw.at), kind: raw.kind ?? '', data: raw.data ?? {} };
    const change = CHANGES[event.kind]?.(state, event.data, event.at) ?? {};
    state = { ...state, ...change, revision: BigInt(event.revision) };
    return { event, state };
  });
}

/** The paddle an event is about; 0: none. @param {Event} event */
export const paddleIn = (event) => event.data.paddle ?? 0;
