// The two ways from this page to the client on the desk (contract/bridge.py): loopback, and central.

const HELLO_MS = 4_000;
const ASKED_MS = 120_000; // the browser may be asking the agent for leave
const ANSWER_MS = 10_000;
const HELD_MS = 40_000; // the other side holds a request for 25 s
const KEPT = "__Host-twinreel-relay"; // no other host of this domain can set one of this name
const KEPT_SECONDS = 30 * 24 * 3600; // as long as central knows the token

/** Why there is no way: `code` is "blocked", "unsure", "absent", "not-offered". */
export class NoWay extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** The answer was not 200, 202 or 204. */
export class Refused extends Error {
  constructor(status) {
    super(`refused: ${status}`);
    this.status = status;
  }
}

class Way {
  constructor(base, options, through) {
    this.through = through; // "loopback" or "central"
    this.token = "";
    this.base = base;
    this.options = options;
  }

  said(body, keepalive = false) {
    return this.call("/said", { method: "POST", body: JSON.stringify(body), keepalive }, ANSWER_MS);
  }

  state(after, signal) {
    return this.call(`/state?after=${after}`, { signal }, HELD_MS);
  }

  async call(path, request, patience) {
    const headers = {};
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    if (request.body) headers["Content-Type"] = "application/json";
    const signals = [AbortSignal.timeout(patience), ...(request.signal ? [request.signal] : [])];
    const answer = await fetch(this.base + path, {
      ...this.options, ...request, headers, signal: AbortSignal.any(signals),
      cache: "no-store", credentials: "omit", redirect: "error",
    });
    if (answer.status === 204) return { status: 204, body: null };
    if (answer.status !== 200 && answer.status !== 202) throw new Refused(answer.status);
    return { status: answer.status, body: await answer.json() };
  }
}

/** To the client itself, at the first of these addresses that answers. */
export async function byLoopback(addresses, page) {
  const patience = (await leave()) === "prompt" ? ASKED_MS : HELLO_MS;
  for (const address of addresses) {
    const way = new Way(`${address}/bridge/v1`, loopbackOptions(), "loopback");
    try {
      const hello = await way.call("/hello", {}, patience);
      if (hello.body?.program !== "twinreel-agent" || hello.body.bridge !== 1) continue;
      const paired = await way.call("/pair", { method: "POST", body: JSON.stringify({ page }) }, ANSWER_MS);
      way.token = paired.body.token;
      return way;
    } catch { /* the next one, then */ }
  }
  const answer = await leave();
  throw new NoWay({ denied: "blocked", prompt: "unsure" }[answer] ?? "absent");
}

/** Through central, which hands out a code for the agent to type, unless it knows this browser. */
export async function byCentral(page) {
  const way = new Way("/bridge/relay/v1", {}, "central");
  try {
    const token = remembered();
    const body = JSON.stringify(token ? { page, token } : { page });
    const paired = await way.call("/pair", { method: "POST", body }, ANSWER_MS);
    way.token = paired.body.token;
    way.code = paired.body.code ?? "";
    keep(way.token, KEPT_SECONDS);
    return way;
  } catch (error) {
    if (error instanceof Refused && error.status < 500 && error.status !== 429) keep("", 0);
    throw new NoWay("not-offered");
  }
}

/** The token with which this browser was connected through central before, or "". */
export function remembered() {
  const kept = document.cookie.split("; ").find((one) => one.startsWith(`${KEPT}=`));
  return kept ? decodeURIComponent(kept.slice(KEPT.length + 1)) : "";
}

// A cookie of this page within this Workspace alone: browsers that bar frames from storage keep
// it all the same. Where even that is barred, the code is typed again next time.
function keep(token, seconds) {
  document.cookie = `${KEPT}=${encodeURIComponent(token)}; Path=/; Max-Age=${seconds}; Secure; SameSite=None; Partitioned`;
}

/** What the browser says of pages that reach for the computer itself; "" if it has no rule. */
async function leave() {
  if (!isSecureContext) return "denied"; // by http nobody can be asked
  for (const name of ["loopback-network", "local-network-access"]) {
    try {
      return (await navigator.permissions.query({ name })).state;
    } catch { /* this browser has no such permission */ }
  }
  return "";
}

/** An unknown word for the address space is an error in some browsers, and unknown to others. */
function loopbackOptions() {
  for (const targetAddressSpace of ["loopback", "local"]) {
    try {
      new Request("https://localhost/", { targetAddressSpace });
      return { targetAddressSpace };
    } catch { /* another word */ }
  }
  return {};
}
