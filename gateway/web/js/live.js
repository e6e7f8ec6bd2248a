// The live line of one sale: connects, follows, notices silence, comes back by itself. What it hears
// goes into a `Picture`, a `Clock` and `Commands`; the pages only look at those.

import { signal } from '../vendor/signals-core.js';
import { Clock } from './clock.js';
import { Commands } from './commands.js';
import { SOON_MS, ask } from './http.js';
import { Picture } from './picture.js';
import { time, word } from './wire.js';

/** Close codes after which coming back by itself would be wrong. */
const STOP = { 1000: 'bye', 1008: 'policy', 1009: 'policy', 4000: 'policy', 4001: 'session', 4006: 'devices' };
/** Faults after which this connection will never know who we are: only a new ticket helps. */
const HELLO_FAILED = ['ticket-unknown', 'hello-out-of-order'];
const TICK_MS = 500;
/**
 * Parts of a heartbeat: how often this page asks, and for how long an answer may fail before what is on screen
 * is called unsure. Together below one: a line that has frozen is said within one heartbeat.
 */
const [ASKED_EVERY, UNSURE_AFTER] = [0.35, 0.5];
/** The same: after how long the line is taken for dead. */
const DEAD_AFTER = 2.25;
/** A tick that comes this late by the wall was not slow: the device slept. */
const SLEPT_MS = 10_000;
/** How long a device that wakes waits for a word before it takes the line for dead. */
const WAKE_MS = 5_000;
/** How long a fault that belongs to no command is shown. */
const FAULT_MS = 10_000;
const FIRST_PINGS = 3;
/** The other lots are asked for when the one that came with the page has long been pressed. */
const REST_MS = 1_500;
/** After how long the other lots are asked for again. */
const AGAIN_MS = 2_000;

/** @typedef {'connecting' | 'live' | 'stale' | 'cut' | 'stopped'} LineState */
/** @typedef {{state: LineState, why: string}} Line */

export class Live {
  clock = new Clock();
  picture = new Picture();
  /** @type {import('./picture.js').Signal<Line>} */
  line = signal({ state: 'connecting', why: '' });
  /** The role the server granted on this line. */
  role = signal('');
  /** A fault that belongs to no command, for the page to say. @type {import('./picture.js').Signal<any>} */
  fault = signal(null);
  #sale;
  #known;
  /** @type {WebSocket | null} */
  #socket = null;
  /** Counts connections: whatever an earlier one still has to say comes too late. */
  #turn = 0;
  #heartbeat = 10_000;
  /** When the first ping went out that nothing has been heard since; 0: none. */
  #unansweredAt = 0;
  /** How long that may be. */
  #silence = DEAD_AFTER * this.#heartbeat;
  #pingAt = 0;
  #pings = 0;
  #tickedAt = Date.now();
  /** Until the pong to this mark is here, nothing that is heard proves that the line lives; 0: no such doubt. */
  #doubt = 0;
  #faultAt = 0;
  #tries = 0;
  #joining = false;
  #settled = false;
  #completing = false;
  /** Set while the line waits before it tries again. @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  /** Set while a socket is being opened. @type {ReturnType<typeof setTimeout> | undefined} */
  #opening;

  /**
   * @param {string} sale
   * @param {string} [account] who is here: asks for a ticket, to be more than a watcher
   */
  constructor(sale, account = '') {
    this.#sale = sale;
    this.#known = account !== '';
    this.commands = new Commands(sale, account, this.#known ? sessionStorage : undefined);
    this.commands.send = (text) => this.#settled && this.#put(text);
    setInterval(() => this.#tick(), TICK_MS);
    addEventListener('online', () => this.#hurry());
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.#hurry(); });
    this.#connect();
  }

  /** Whether what is on screen is what the engine last said. */
  get isLive() {
    return this.line.value.state === 'live';
  }

  async #connect() {
    this.#drop();
    const turn = this.#turn;
    let hello = null;
    if (this.#known) {
      const outcome = await ask('/api/tickets', { method: 'POST', body: {}, patience: SOON_MS });
      if (turn !== this.#turn) return;
      if (outcome.ok) hello = outcome.body.ticket;
      else if (outcome.status === 401 || outcome.status === 403) return this.#say('stopped', 'session');
      else return this.#later();
    }
    const address = new URL('/socket', location.href);
    address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(address, 'mazad.v1.json');
    this.#socket = socket;
    // A browser may wait for minutes before it gives up opening.
    this.#opening = setTimeout(() => this.#closed(), SOON_MS);
    const current = () => turn === this.#turn;
    socket.onopen = () => {
      if (!current()) return;
      clearTimeout(this.#opening);
      this.#heard();
      this.#pings = 0;
      if (hello) this.#put(JSON.stringify({ hello: { ticket: hello } }));
      this.#join();
      this.#ping();
    };
    socket.onmessage = (event) => { if (current()) this.#frame(JSON.parse(event.data)); };
    socket.onclose = (event) => { if (current()) this.#closed(event.code); };
  }

  /** Lets go of the connection there is, if any: nothing of it is heard any more. */
  #drop() {
    clearTimeout(this.#retry);
    clearTimeout(this.#opening);
    this.#retry = undefined;
    this.#turn += 1;
    this.#settled = false;
    this.#joining = false;
    this.#unansweredAt = 0;
    this.#doubt = 0;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #join() {
    const held = this.picture.cursor;
    const cursor = held && { epoch: String(held.epoch), revision: String(held.revision) };
    this.#joining = this.#put(JSON.stringify({ join: cursor ? { sale: this.#sale, cursor } : { sale: this.#sale } }));
  }

  /** @returns {number} its mark */
  #ping() {
    const mark = Math.round(this.clock.mark());
    this.#pingAt = performance.now();
    this.#unansweredAt ||= this.#pingAt;
    this.#pings += 1;
    this.#put(JSON.stringify({ ping: { echo: String(mark) } }));
    return mark;
  }

  /** @param {string} text */
  #put(text) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(text);
    return true;
  }

  /** @param {any} [frame] */
  #heard(frame) {
    if (this.#doubt && !(Number(frame?.pong?.echo) >= this.#doubt)) return;
    this.#doubt = 0;
    this.#unansweredAt = 0;
    this.#silence = DEAD_AFTER * this.#heartbeat;
    if (this.line.value.state === 'stale') this.#say('live');
  }

  /** @param {any} frame */
  #frame(frame) {
    this.#heard(frame);
    if (frame.welcome) this.#welcome(frame.welcome);
    else if (frame.snapshot) this.#moved(frame.snapshot, 'snapshot');
    else if (frame.update) this.#moved(frame.update, 'update');
    else if (frame.mine) { if (frame.mine.sale === this.#sale) this.picture.own(frame.mine); }
    else if (frame.answer) this.commands.answered(frame.answer);
    else if (frame.notSeen) this.commands.notSeen(frame.notSeen.id);
    else if (frame.pong) this.#pong(frame.pong);
    else if (frame.fault?.id) this.commands.faulted(frame.fault);
    else if (frame.fault) this.#faulted(frame.fault);
  }

  /** @param {any} welcome */
  #welcome(welcome) {
    this.clock.heard(time(welcome.time));
    this.#heartbeat = welcome.heartbeatMs || this.#heartbeat;
    this.#silence = DEAD_AFTER * this.#heartbeat;
    const role = word(welcome.role, 'ROLE_', 'WATCHER');
    this.role.value = role;
    if (this.#known && role === 'WATCHER') return;
    this.#settled = true;
  }

  /** @param {any} frame @param {'snapshot' | 'update'} kind */
  #moved(frame, kind) {
    if (frame.sale !== this.#sale) return;
    this.clock.heard(time(frame.time));
    const reception = this.picture[kind](frame);
    if (reception === 'gap') {
      if (!this.#joining) this.#join();
      return;
    }
    this.#joining = false;
    this.#tries = 0;
    if (!this.isLive && !this.#doubt) {
      this.#say('live');
      this.commands.resume();
      setTimeout(() => this.#complete(), REST_MS);
    }
  }

  /** The lots that did not come with the page: packed, and after the one that somebody waits for. */
  async #complete() {
    if (this.picture.beganAt === null || this.#completing) return;
    this.#completing = true;
    const outcome = await ask(`/api/sales/${this.#sale}/snapshot`);
    const isDone = outcome.ok && this.picture.rest(outcome.body) === 'applied';
    this.#completing = false;
    if (!isDone) setTimeout(() => this.#complete(), AGAIN_MS * (1 + Math.random()));
  }

  /** @param {any} pong */
  #pong(pong) {
    this.clock.measured(Number(pong.echo ?? 0), time(pong.time));
    if (this.#pings < FIRST_PINGS) this.#ping();
  }

  /** Not about a command: about who we are, or about joining. @param {any} fault */
  #faulted(fault) {
    if (HELLO_FAILED.includes(fault.code)) return this.#later();
    this.fault.value = fault;
    this.#faultAt = performance.now();
    if (!this.#joining) return;
    this.#joining = false;
    const turn = this.#turn;
    if (fault.retryMs) setTimeout(() => { if (turn === this.#turn && !this.#joining) this.#join(); }, fault.retryMs);
  }

  #tick() {
    const [now, wall] = [performance.now(), Date.now()];
    // A tab that nobody sees ticks seldom; it is asked about when it is seen again.
    const slept = !document.hidden && Math.abs(wall - this.#tickedAt) > SLEPT_MS;
    this.#tickedAt = wall;
    if (slept) return this.#hurry();
    if (this.isLive && this.fault.value && now - this.#faultAt > FAULT_MS) this.fault.value = null;
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    // Counted from a question of our own: pings of the socket itself are invisible to a page, and in a
    // hidden tab this runs once a minute, which is no reason to call the line dead.
    const silent = this.#unansweredAt ? now - this.#unansweredAt : 0;
    if (silent > this.#silence) return this.#closed();
    if (silent > UNSURE_AFTER * this.#heartbeat && this.isLive) this.#say('stale');
    if (now - this.#pingAt > ASKED_EVERY * this.#heartbeat) this.#ping();
    if (this.isLive) this.commands.tick();
  }

  /** The connection has ended, or is taken for dead. @param {number} [code] */
  #closed(code) {
    const why = STOP[/** @type {keyof typeof STOP} */ (code)];
    if (why) {
      this.#drop();
      return this.#say('stopped', why);
    }
    if (code === 1012) return this.#later(1_000, 4_000);
    if (code === 4005) return this.#later(5_000, undefined, 'halted');
    this.#later();
  }

  /**
   * Comes back after a pause that is never the same for two clients and grows with each failure: when a
   * server is in trouble, a crowd that returns in step would keep it there.
   * @param {number} [least] @param {number} [spread] @param {string} [why]
   */
  #later(least = 0, spread = Math.min(15_000, 500 * 2 ** this.#tries), why = '') {
    this.#drop();
    this.#tries += 1;
    this.#say('cut', why);
    this.#retry = setTimeout(() => this.#connect(), least + Math.random() * spread);
  }

  /**
   * The device is back on a network, or awake, or the reader is back at the page: the pause is not waited
   * out, and what is on screen is old until the server has answered a question of now. Clocks that stand
   * still in sleep would not show it, and frames from before it may still lie in the device.
   */
  #hurry() {
    this.#tickedAt = Date.now();
    if (this.#retry !== undefined) this.#connect();
    else if (this.#socket?.readyState === WebSocket.OPEN) {
      if (this.isLive) this.#say('stale', 'woken');
      this.#silence = Math.min(this.#silence, WAKE_MS);
      this.#unansweredAt = 0;
      this.#doubt = this.#ping();
    }
  }

  /** @param {LineState} state @param {string} [why] */
  #say(state, why = '') {
    this.line.value = { state, why };
  }
}
