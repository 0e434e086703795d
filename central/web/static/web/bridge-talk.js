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
  #number = -1; // of the state that was told last
  #stop = null; // ends the waiting for news
  #wake = () => {};
  #barred = false; // another page took over
  #throughCentral = false; // the agent asked for it

  /** hooks: connected(way), lost(code), code(digits), told(state), takenOver(). */
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
        this.#hooks.lost(error instanceof NoWay ? error.code : "absent");
      }
      this.#way = null;
      if (this.#barred) this.#hooks.takenOver();
      const wait = this.#barred ? null : WAITS[Math.min(attempt++, WAITS.length - 1)];
      await this.#rest(wait);
      this.#barred = false;
    }
  }

  /** Say this, if anybody listens; who comes later is told everything anyway. */
  say(message) {
    if (!this.#way) return;
    this.#outbox.push(message);
    this.#flush();
  }

  /** The page goes. */
  bye() {
    if (!this.#way) return;
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
      return byCentral(this.#page).catch(() => { throw error; });
    }
  }

  async #converse() {
    this.#next = 1;
    this.#outbox = [];
    this.#number = -1;
    let connected = false;
    let losses = 0;
    for (;;) {
      this.#stop = new AbortController();
      try {
        const answer = await this.#way.state(connected ? this.#number : -1, this.#stop.signal);
        losses = 0;
        if (answer.status === 202) {
          this.#hooks.code(answer.body.code);
          const nearer = await byLoopback(this.#addresses, this.#page).catch(() => null);
          if (nearer) this.#way = nearer;
          continue;
        }
        if (!connected) {
          connected = true;
          this.#hooks.connected(this.#way);
        }
        if (answer.body) {
          this.#number = answer.body.number;
          this.#hooks.told(answer.body);
        }
      } catch (error) {
        if (error instanceof Refused && error.status === 409) this.#barred = true;
        if (error instanceof Refused && error.status < 500 && error.status !== 429) return;
        if (++losses >= LOSSES) throw error;
        await this.#rest(WAITS[losses - 1]);
      }
      if (connected) this.#flush();
    }
  }

  async #flush() {
    if (this.#sending || !this.#way || !this.#outbox.length) return;
    this.#sending = true;
    const way = this.#way;
    try {
      while (way === this.#way && this.#outbox.length) {
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
      else setTimeout(() => this.#flush(), WAITS[0]);
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
