// The conversation with the client: what is said goes out in order, what is told comes in.

import { byCentral, byLoopback, NoWay, Refused, remembered } from "./bridge-ways.js";

const AT_ONCE = 16; // messages in one request
const BYTES = 20_000; // of them; a single longer one is sent alone
const WAITS = [500, 1_000, 2_000, 5_000, 10_000]; // ms between attempts
const LOSSES = 3; // failed requests in a row, then the way is looked for anew

export class Talk {
  #addresses;
  #hooks;
  #way = null;
  #page = "";
  #next = 1; // the number of the first message in the outbox
  #outbox = [];
  #sending = false;
  #number = 0; // of the state that was told last
  #connected = false; // the client, or central for it, takes what is said
  #stop = null; // ends the waiting for news
  #wake = () => {};
  #barred = false; // another page took over
  #throughCentral = false; // the agent asked for it

  /** hooks: connected(way), lost(code, alsoCentral), code(digits), told(state), takenOver(). */
  constructor(addresses, hooks) {
    this.#addresses = addresses;
    this.#hooks = hooks;
  }

  /** Find a way and keep to it, for ever. */
  async run() {
    for (let attempt = 0; ; ) {
      try {
        this.#way = await this.#find();
        attempt = 0;
        await this.#converse();
      } catch (error) {
        this.#hooks.lost(error instanceof NoWay ? error.code : "absent", error.alsoCentral === true);
      }
      this.#connected = false;
      this.#way = null;
      if (this.#barred) this.#hooks.takenOver();
      const wait = this.#barred ? null : WAITS[Math.min(attempt++, WAITS.length - 1)];
      await this.#rest(wait);
      this.#barred = false;
    }
  }

  /** Say this, if anybody listens; who comes later is told everything anyway. */
  say(message) {
    if (!this.#connected) return;
    this.#outbox.push(message);
    this.#flush();
  }

  /** The page goes. */
  bye() {
    if (!this.#connected) return;
    const first = this.#next + this.#outbox.length;
    this.#way.said({ first, said: [{ kind: "bye" }] }, true).catch(() => {});
  }

  /** The agent wants this page to be the one that is connected, or to connect now. */
  again() {
    this.#wake();
  }

  /** The agent wants to connect through central. */
  throughCentral() {
    this.#throughCentral = true;
    this.#wake();
  }

  async #find() {
    this.#page = madeUp();
    try {
      return await byLoopback(this.#addresses, this.#page);
    } catch (error) {
      if (!this.#throughCentral && !remembered()) throw error;
      return byCentral(this.#page).catch(() => {
        error.alsoCentral = true;
        throw error;
      });
    }
  }

  async #converse() {
    this.#number = 0;
    let losses = 0;
    if (this.#way.code) this.#hooks.code(this.#way.code);
    else this.#connect();
    for (;;) {
      this.#stop = new AbortController();
      try {
        const answer = await this.#way.state(this.#number, this.#stop.signal);
        losses = 0;
        if (answer.status === 202) {
          await this.#waitForCode(answer.body.code);
          continue;
        }
        if (!this.#connected) this.#connect();
        if (answer.body) this.#told(answer.body);
        if (this.#barred) return;
      } catch (error) {
        if (error instanceof Refused && error.status === 409) this.#barred = true;
        if (error instanceof Refused && error.status < 500 && error.status !== 429) return;
        if (++losses >= LOSSES) throw error;
        await this.#rest(WAITS[losses - 1]);
      }
      this.#flush();
    }
  }

  #connect() {
    this.#connected = true;
    this.#next = 1;
    this.#outbox = [];
    this.#hooks.connected(this.#way);
  }

  #told(state) {
    this.#number = state.number;
    if (state.page !== this.#page) return; // it was meant for the page before
    this.#barred = state.over;
    if (!state.over) this.#hooks.told(state);
  }

  async #waitForCode(code) {
    this.#connected = false; // the desk went away, and may be another one when it is back
    this.#hooks.code(code);
    const nearer = await byLoopback(this.#addresses, this.#page).catch(() => null);
    if (!nearer) return;
    this.#way = nearer;
    this.#connect();
  }

  async #flush() {
    if (this.#sending || !this.#connected || !this.#outbox.length) return;
    this.#sending = true;
    const way = this.#way;
    try {
      while (way === this.#way && this.#connected && this.#outbox.length) {
        const said = batch(this.#outbox);
        const first = this.#next;
        try {
          const { next } = (await way.said({ first, said })).body;
          if (way === this.#way) this.#taken(Math.max(first + said.length, next));
        } catch (error) {
          if (!(error instanceof Refused && [413, 422].includes(error.status))) throw error;
          if (way === this.#way) this.#taken(first + said.length); // it is not wanted
        }
      }
    } catch (error) {
      if (error instanceof Refused && [401, 409].includes(error.status)) this.#stop?.abort();
      else setTimeout(() => this.#flush(), error instanceof Refused ? WAITS[2] : WAITS[0]);
    } finally {
      this.#sending = false;
    }
  }

  #taken(next) {
    this.#outbox.splice(0, next - this.#next);
    this.#next = next;
  }

  #rest(ms) {
    return new Promise((done) => {
      const timer = ms === null ? 0 : setTimeout(done, ms);
      this.#wake = () => { clearTimeout(timer); done(); };
    });
  }
}

function batch(outbox) {
  let count = 0;
  let bytes = 0;
  for (const one of outbox.slice(0, AT_ONCE)) {
    bytes += new TextEncoder().encode(JSON.stringify(one)).length;
    if (count && bytes > BYTES) break;
    count += 1;
  }
  return outbox.slice(0, count);
}

function madeUp() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
