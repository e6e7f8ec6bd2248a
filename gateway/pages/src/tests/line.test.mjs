// What the live line and the catalogue promise, over a network that the test moves by hand.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1_000_000 });

/** Everything that listens on the page, by event. @type {Map<string, (() => void)[]>} */
const listeners = new Map();
const listen = (name, heard) => listeners.set(name, [...(listeners.get(name) ?? []), heard]);
const happens = (name) => (listeners.get(name) ?? []).forEach((heard) => heard());
globalThis.addEventListener = listen;
globalThis.document = {
  documentElement: { lang: 'ar', dataset: { digits: 'arab' } }, getElementById: () => null, body: {}, hidden: false, addEventListener: listen,
};
globalThis.location = { search: '', protocol: 'http:', href: 'http://hall/bid/1' };
globalThis.sessionStorage = { getItem: () => null, setItem: () => {} };

/** Moves with the mocked timers, and stands still while the device sleeps. */
let elapsed = 0;
performance.now = () => elapsed;
function pass(ms) {
  for (let left = ms; left > 0; left -= 100) {
    elapsed += Math.min(100, left);
    mock.timers.tick(Math.min(100, left));
  }
}
/** Lets everything that was promised come true. */
const settle = async () => { for (let turn = 0; turn < 20; turn += 1) await Promise.resolve(); };

class Socket {
  static OPEN = 1;
  /** @type {Socket[]} */
  static all = [];
  readyState = 0;
  /** @type {any[]} */
  sent = [];
  answered = 0;
  constructor() {
    Socket.all.push(this);
  }
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
  }
  opens() {
    this.readyState = 1;
    this.onopen();
  }
  says(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }
  /** Every question that has come since the last time. */
  answersPings() {
    const pings = this.sent.slice(this.answered).filter((frame) => frame.ping);
    this.answered = this.sent.length;
    for (const { ping } of pings) this.says({ pong: { echo: ping.echo, time: '5' } });
  }
  /** Up to a live picture. */
  serves(revision = 1, lots = []) {
    this.opens();
    this.says({ welcome: { time: '1', role: 'ROLE_CLERK', heartbeatMs: 10_000 } });
    this.says({ snapshot: { sale: 's', cursor: { epoch: '1', revision: String(revision) }, time: '2', board: { order: lots.map((lot) => lot.lot) }, lots } });
  }
}
globalThis.WebSocket = Socket;

/** What the server answers to requests that are held back, oldest first. @type {((answer: any) => void)[]} */
const waiting = [];
const fetched = [];
globalThis.fetch = (path) => {
  fetched.push(path);
  return new Promise((answer) => waiting.push((body) => answer({ ok: body !== null, status: body === null ? 503 : 200, text: async () => JSON.stringify(body ?? {}) })));
};
AbortSignal.timeout = () => new AbortController().signal;

const js = new URL('../../../web/js/', import.meta.url);
const load = (name) => import(new URL(name, js).href);
const { Live } = await load('live.js');
const { Book } = await load('book.js');
const { Picture } = await load('picture.js');

/** Answers the oldest request. */
async function answer(body) {
  waiting.shift()?.(body);
  await settle();
}
function fresh() {
  listeners.clear();
  Socket.all.length = 0;
  waiting.length = 0;
  fetched.length = 0;
}
const open = () => Socket.all.filter((socket) => socket.readyState !== 3);

test('one attempt at a time, and no socket is left over', async () => {
  fresh();
  const live = new Live('s', 'clerk-1');
  happens('online');
  happens('visibilitychange');
  await settle();
  assert.equal(fetched.length, 1, 'a ticket is on its way: no second one is asked for');
  await answer({ ticket: 't1' });
  assert.equal(Socket.all.length, 1);
  const [first] = Socket.all;
  // It never opens.
  pass(6_000);
  assert.equal(live.line.value.state, 'cut');
  assert.equal(first.readyState, 3);
  happens('online');
  await settle();
  await answer({ ticket: 't2' });
  const second = Socket.all[1];
  second.serves();
  assert.equal(live.line.value.state, 'live');
  first.onclose({ code: 1006 });
  assert.equal(live.line.value.state, 'live', 'the end of an older connection is nobody\'s business');
  assert.deepEqual(open(), [second]);
});

test('a crowd that cannot get tickets does not come back in step', async () => {
  fresh();
  const random = mock.method(Math, 'random', () => 0.25);
  new Live('s', 'bidder-1');
  await settle();
  await answer(null);
  assert.equal(fetched.length, 1);
  pass(200);
  await settle();
  assert.equal(fetched.length, 2, 'a quarter of half a second');
  await answer(null);
  pass(200);
  await settle();
  assert.equal(fetched.length, 2, 'the second pause is longer');
  pass(100);
  await settle();
  assert.equal(fetched.length, 3);
  random.mock.restore();
});

test('a hello that fails is said again with a new ticket', async () => {
  fresh();
  const live = new Live('s', 'bidder-1');
  await settle();
  await answer({ ticket: 'old' });
  const [first] = Socket.all;
  first.opens();
  first.says({ fault: { code: 'ticket-unknown' } });
  assert.equal(live.line.value.state, 'cut');
  assert.equal(first.readyState, 3);
  pass(1_000);
  await settle();
  await answer({ ticket: 'new' });
  Socket.all[1].serves();
  assert.deepEqual(Socket.all[1].sent[0], { hello: { ticket: 'new' } });
  assert.equal(live.line.value.state, 'live');
  Socket.all[1].says({ fault: { code: 'rate-limited', retryMs: 1_000 } });
  assert.equal(live.fault.value.code, 'rate-limited', 'the page has it to say');
  for (let second = 0; second < 11; second += 1) {
    pass(1_000);
    Socket.all[1].answersPings();
  }
  assert.equal(live.fault.value, null);
});

test('a line that has frozen is unsure within one heartbeat, whenever it froze', async () => {
  for (let frozen = 0; frozen < 12; frozen += 1) {
    fresh();
    const live = new Live('s', 'bidder-1');
    await settle();
    await answer({ ticket: 't' });
    const [socket] = Socket.all;
    socket.serves();
    for (let half = 0; half < 40 + frozen; half += 1) {
      pass(500);
      socket.answersPings();
    }
    assert.equal(live.line.value.state, 'live');
    pass(9_900);
    assert.equal(live.line.value.state, 'stale');
    socket.answersPings();
    assert.equal(live.line.value.state, 'live', 'it was only slow');
  }
});

test('after a sleep the picture is old until a question of now is answered', async () => {
  fresh();
  const live = new Live('s', 'clerk-1');
  await settle();
  await answer({ ticket: 't' });
  const [socket] = Socket.all;
  socket.serves();
  pass(1_000);
  happens('visibilitychange');
  assert.equal(live.line.value.state, 'stale');
  const asked = socket.sent.at(-1).ping.echo;
  // It lay in the device since before the sleep.
  socket.says({ update: { sale: 's', epoch: '1', from: '1', to: '2', time: '3' } });
  assert.equal(live.line.value.state, 'stale');
  socket.says({ pong: { echo: asked, time: '4' } });
  assert.equal(live.line.value.state, 'live');
  // Nothing shows the page that it slept but the clock on the wall.
  mock.timers.setTime(Date.now() + 600_000);
  pass(500);
  assert.equal(live.line.value.state, 'stale');
  pass(6_000);
  assert.equal(live.line.value.state, 'cut', 'nobody answers');
});

test('a command is sent on a line that knows whose it is, and offered again on the next', async () => {
  fresh();
  const live = new Live('s', 'clerk-1');
  await settle();
  await answer({ ticket: 't' });
  const [first] = Socket.all;
  first.serves();
  live.commands.issue('hammerLot', { lot: 1 });
  const acts = (socket) => socket.sent.map((frame) => Object.keys(frame)[0]).filter((kind) => ['command', 'lookup'].includes(kind));
  assert.deepEqual(acts(first), ['command']);
  first.onclose({ code: 1006 });
  pass(5_000);
  await settle();
  await answer({ ticket: 't' });
  Socket.all[1].serves();
  assert.deepEqual(acts(Socket.all[1]), ['lookup'], 'too old for a hammer');
});

const view = (lot, more) => ({ lot, revision: '5', phase: 'LOT_PHASE_OPEN', attempt: 1, ask: '700', ...more });
const frame = (revision, lots) => ({ sale: 's', cursor: { epoch: '1', revision: String(revision) }, board: { order: lots.map((lot) => lot.lot) }, lots });
const terms = (opening) => ({ english: { opening } });

test('a lot that is offered again, or added, brings its terms along', async () => {
  fresh();
  const picture = new Picture();
  const book = new Book('s', { lots: new Map([[1, terms('500')]]), revision: 5n }, picture);
  const opening = (lot) => book.opening(picture.lot(lot).value);
  picture.snapshot(frame(5, [view(1)]));
  pass(3_000);
  assert.equal(fetched.length, 0, 'it is known');
  assert.equal(opening(1), 500n);

  picture.snapshot(frame(7, [view(1, { attempt: 2, revision: '7' })]));
  assert.equal(opening(1), 700n, 'what is asked, never the opening of before');
  pass(3_000);
  assert.deepEqual(fetched, ['/api/sales/s/lots/1']);
  await answer(null);
  pass(5_000);
  assert.equal(fetched.length, 2, 'a failed reading is tried again');
  await answer({ lot: 1, terms: terms('600'), view: view(1, { attempt: 2 }) });
  assert.equal(opening(1), 600n);

  picture.snapshot(frame(9, [view(1, { attempt: 2, revision: '8' }), view(2, { phase: 'LOT_PHASE_UPCOMING', revision: '9' })]));
  assert.equal(opening(2), 0n);
  pass(3_000);
  assert.equal(fetched[2], '/api/sales/s');
  await answer({ terms: {}, revision: '9', lots: [{ lot: 1, terms: terms('600') }, { lot: 2, terms: terms('900') }] });
  assert.equal(opening(1), 600n);
  assert.equal(opening(2), 900n);
  pass(10_000);
  assert.equal(fetched.length, 3);
});
