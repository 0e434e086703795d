// The page inside Workspace: hears Workspace, tells the client, shows what the client says.

import { Talk } from "./bridge-talk.js";
import { say, LANGUAGE } from "./bridge-words.js";
import { Workspace } from "./bridge-workspace.js";

const MOODS = {
  "recording": "Recording", "paused": "Paused", "ready": "Ready", "uploading": "Ready",
  "wrap-up": "After-call work", "signed-out": "Signed out", "attention": "Attention",
};
const LIST_AGAIN = 5_000; // ms after Workspace did not answer a listing

const $ = (id) => document.getElementById(id);
const parent = window.parent !== window ? window.parent : window.opener;
const origins = document.body.dataset.workspace.split(" ").filter(Boolean);

let state = null; // the client's latest word; null: not connected
let listed = null; // `listing` as last told; null: not yet, since all was listed unasked
let asked = 0; // wishes so far
let recordedSince = null; // performance.now() at which recording began
let wayWords = "Connecting…"; // how the client is reached
let listAgain = 0; // timer
let orders = new Set(); // of voice, which Workspace has been given
let workspaceHere = true;

const talk = new Talk(addresses(), {
  connected(way) {
    listed = null;
    orders = new Set();
    asked = 0;
    show($("trouble"), false);
    show($("pairing"), false);
    show($("taken"), false);
    wayWords = way.through === "loopback" ? "Connected to Twinreel on this computer." : "Connected to Twinreel through the server.";
    text($("way"), wayWords);
    list();
  },
  lost(code, alsoCentral) {
    disconnected();
    show($("trouble"), true);
    show($("barred"), code === "blocked");
    show($("maybe"), code === "unsure");
    show($("running"), code !== "blocked");
    show($("unoffered"), alsoCentral);
  },
  code(digits) {
    disconnected();
    show($("trouble"), false);
    show($("pairing"), true);
    $("code").textContent = `${digits.slice(0, 4)} ${digits.slice(4)}`;
  },
  told,
  takenOver() {
    disconnected();
    text($("way"), "");
    show($("taken"), true);
    show($("trouble"), false);
    show($("pairing"), false);
  },
});

const workspace = parent ? new Workspace(parent, origins, (message) => talk.say(message)) : null;

start();

async function start() {
  document.documentElement.lang = LANGUAGE;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = say(element.dataset.text);
  $("state").setAttribute("aria-label", say("Recording state"));
  $("button").addEventListener("click", wish);
  $("again").addEventListener("click", () => talk.again());
  $("here").addEventListener("click", () => talk.again());
  $("through").addEventListener("click", () => talk.throughCentral());
  window.addEventListener("pagehide", () => talk.bye());
  setInterval(clock, 1000);
  draw();
  if (!workspace || !origins.length) {
    text($("way"), "This page belongs inside Workspace. Its administrator must allow this address.");
    return;
  }
  const silent = setTimeout(() => text($("way"), "Workspace does not answer this page."), 12_000);
  await workspace.begin();
  clearTimeout(silent);
  text($("way"), "Connecting…");
  talk.run();
}

function told(now) {
  state = now;
  recordedSince = now.recorded_ms === undefined || now.recorded_ms === null ? null : performance.now() - now.recorded_ms;
  draw();
  for (const answer of now.answers ?? []) answered(answer);
  for (const order of now.orders ?? []) carryOut(order);
  if (listed !== null && now.listing !== listed) list();
  listed = now.listing;
}

async function list() {
  try {
    await workspace.list();
    here(true);
  } catch {
    here(false);
    clearTimeout(listAgain);
    listAgain = setTimeout(list, LIST_AGAIN);
  }
}

function here(isHere) {
  if (isHere === workspaceHere) return;
  workspaceHere = isHere;
  talk.say({ kind: "touch", here: isHere });
  if (isHere) list(); // what was said before the client knew may not have counted
  text($("way"), isHere ? wayWords : "Workspace does not answer this page.");
}

async function carryOut(order) {
  if (orders.has(order.order)) return;
  const mine = orders;
  mine.add(order.order);
  const problem = await workspace.order(order.want, order.interaction);
  if (mine === orders) talk.say({ kind: "voice", order: order.order, problem });
}

function wish() {
  if (!state || !(state.may_pause || state.may_resume)) return;
  asked += 1;
  show($("answer"), false);
  talk.say({ kind: "ask", ask: asked, want: state.may_pause ? "pause" : "resume" });
}

function answered(answer) {
  if (answer.ask !== asked || answer.granted) return;
  $("answer").textContent = say("Your wish was not granted: ") + say(answer.text ?? answer.reason);
  show($("answer"), true);
}

function disconnected() {
  wayWords = "Connecting…";
  state = null;
  recordedSince = null;
  text($("way"), wayWords);
  draw();
}

function draw() {
  const mood = state ? state.mood : "not-connected";
  const known = mood in MOODS || mood === "not-connected" ? mood : "attention";
  document.body.dataset.mood = known;
  $("shape").setAttribute("href", `#shape-${known === "uploading" ? "ready" : known}`);
  const word = say(known === "not-connected" ? "Not connected" : MOODS[known]);
  const headline = say(state?.headline ?? "");
  change($("mood"), word);
  change($("headline"), headline === word ? "" : headline);
  const button = $("button");
  const may = Boolean(state && (state.may_pause || state.may_resume));
  button.textContent = say(state && !state.may_pause && state.may_resume ? "Resume recording" : "Pause recording");
  button.setAttribute("aria-disabled", String(!may));
  change($("why"), may || !state ? "" : say(state.why_not ?? ""));
  clock();
}

function clock() {
  const time = $("time");
  const counts = recordedSince !== null && state?.mood !== "paused";
  show(time, counts);
  if (!counts) return;
  const seconds = Math.max(0, Math.floor((performance.now() - recordedSince) / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  time.textContent = `${say("recording for")} ${h ? `${h}:${two(m)}` : m}:${two(s)}`;
}

function addresses() {
  const asked = new URLSearchParams(location.search).get("ports");
  const listed = (asked ?? document.body.dataset.ports).split(",").map((one) => one.trim());
  return listed.flatMap((one) => {
    const [, scheme, port] = /^(?:(https?):)?(\d{1,5})$/.exec(one) ?? [];
    if (!port) return [];
    return [scheme === "https" ? `https://localhost:${port}` : `http://127.0.0.1:${port}`];
  });
}

function text(element, words) {
  change(element, say(words));
}

/** A screen reader speaks what changes, so nothing is written twice. */
function change(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function show(element, shown) {
  element.hidden = !shown;
}
