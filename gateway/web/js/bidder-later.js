// What a bidder's page gets after its button: other amounts, what came of a bid in words, the terms of the
// lot, the other lots, and what is spoken. The first bid waits for none of it.

export { Dialogs } from './dialog.js';
export { LotFacts } from './lot-facts.js';
export { LotList } from './lot-list.js';
export { openSheet } from './own-amount.js';
export { speak } from './spoken.js';
export { verdict } from './verdicts.js';
