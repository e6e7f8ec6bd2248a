// Reasons that clerks give again and again, by act.

import { key } from './l10n.js';

/** @type {Record<string, string[]>} */
export const REASONS = {
  pauseSale: [key('reason-break'), key('reason-technical'), key('reason-order')],
  withdrawLot: [key('reason-seller'), key('reason-terms'), key('reason-court')],
  reopenLot: [key('reason-by-mistake'), key('reason-not-heard')],
  amendLots: [key('reason-list-slip'), key('reason-terms')],
  raiseCeiling: [key('reason-bidding-goes-on')],
  voidBid: [key('reason-bidder-slip'), key('reason-clerk-slip'), key('reason-ineligible'), key('reason-court')],
  barPaddle: [key('reason-deposit'), key('reason-ineligible'), key('reason-conduct')],
};
