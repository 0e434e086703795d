// The player: native video, a time line drawn from peaks and marks, volume for each party.

const byId = (id) => document.getElementById(id);
const player = byId("player");
const film = byId("film");
const track = byId("track");
const canvas = byId("waves");
const rates = [...byId("rate").options].map((option) => Number(option.value));
const words = {
  answered: "Answered", paused: "Paused", "no-screen": "No screen",
  "wrap-up": "After-call work", trouble: "Trouble", view: "Shown", ended: "End",
};
const reasons = {
  asked: "asked", locked: "workstation locked", "capture-failed": "screen not readable",
  "screen-black": "the screen was black", "screen-frozen": "changes are shown late",
  "capture-late": "the computer was too busy", "encoder-slow": "fewer pictures",
  "clock-jumped": "the computer's clock was set", "disk-slow": "slow disk",
  "picture-scaled": "recorded smaller", "exclusion-impossible": "windows could not be told apart",
};

let length = 0; // seconds
let marks = [];
let silence = [];
let peaks = null;

film.controls = false;

const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds + 1e-6));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
};

const span = (seconds) => {
  if (seconds >= 60) return clock(seconds);
  return `${seconds < 10 ? Number(seconds.toFixed(1)) : Math.round(seconds)} s`;
};

const seek = (seconds) => {
  film.currentTime = Math.min(Math.max(0, seconds), Math.max(0, length - 0.01));
};

const trouble = (text) => {
  byId("trouble").textContent = text;
  byId("trouble").hidden = false;
};

// Drawing ---------------------------------------------------------------------------------------

const color = (name) => getComputedStyle(player).getPropertyValue(`--${name}`).trim();

const band = (pen, mark, width, height) => {
  const left = (mark.at / length) * width;
  const wide = Math.max(2, (mark.length / length) * width);
  pen.fillStyle = color(mark.kind === "paused" ? "paused" : mark.kind === "wrap-up" ? "wrap-up" : "gap");
  pen.fillRect(left, 0, wide, height);
  if (mark.kind !== "paused") return;
  pen.save();
  pen.beginPath();
  pen.rect(left, 0, wide, height);
  pen.clip();
  pen.strokeStyle = color("paused-line");
  pen.lineWidth = 1.5;
  for (let at = left - height; at < left + wide; at += 9) {
    pen.beginPath();
    pen.moveTo(at, height);
    pen.lineTo(at + height, 0);
    pen.stroke();
  }
  pen.restore();
};

// A picture that is smaller than the desktop is as true as any, and mostly all the film long.
const doubtful = (mark) => mark.kind === "trouble" && !mark.reasons.includes("picture-scaled");

// At the lower edge, teeth and a bar: a shape that tells it from all else, whatever the colours.
const teeth = (pen, mark, width, height) => {
  const left = (mark.at / length) * width;
  const wide = Math.max(9, (mark.length / length) * width);
  pen.fillStyle = color("trouble");
  pen.fillRect(left, height - 2, wide, 2);
  for (let at = left; at + 6 <= left + wide + 0.01; at += 9) {
    pen.beginPath();
    pen.moveTo(at, height - 2);
    pen.lineTo(at + 4.5, height - 11);
    pen.lineTo(at + 9, height - 2);
    pen.fill();
  }
};

const wave = (pen, values, middle, half, width, step, paint) => {
  pen.fillStyle = paint;
  for (let x = 0; x < width; x += 3) {
    const first = Math.floor(((x / width) * length) / step);
    const last = Math.max(first + 1, Math.ceil((((x + 3) / width) * length) / step));
    let loudest = 0;
    for (let at = first; at < last && at < values.length; at += 1) loudest = Math.max(loudest, values[at]);
    const high = Math.max(1, (Math.sqrt(loudest / 100)) * half);
    pen.fillRect(x, middle - high, 2, 2 * high);
  }
};

const draw = () => {
  if (!length) return;
  const ratio = window.devicePixelRatio || 1;
  const width = track.clientWidth;
  const height = track.clientHeight;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.clearRect(0, 0, width, height);
  for (const mark of marks) if (mark.length && mark.kind === "wrap-up") band(pen, mark, width, height);
  const above = ["wrap-up", "trouble"];
  for (const mark of marks) if (mark.length && !above.includes(mark.kind)) band(pen, mark, width, height);
  if (peaks) {
    const step = peaks.step_ms / 1000;
    wave(pen, peaks.agent, height * 0.27, height * 0.22, width, step, color("agent"));
    wave(pen, peaks.customer, height * 0.73, height * 0.22, width, step, color("customer"));
  }
  for (const mark of marks) if (doubtful(mark)) teeth(pen, mark, width, height);
};

const follow = () => {
  const at = film.currentTime;
  byId("playhead").style.transform = `translateX(${length ? (at / length) * track.clientWidth : 0}px)`;
  byId("time").textContent = `${clock(at)} / ${clock(length)}`;
  track.setAttribute("aria-valuenow", at.toFixed(1));
  track.setAttribute("aria-valuetext", `${clock(at)} of ${clock(length)}`);
  for (const row of byId("marks")?.children ?? []) {
    const inside = at >= Number(row.dataset.at) && at < Number(row.dataset.end);
    row.toggleAttribute("data-now", inside);
  }
};

const animate = () => {
  follow();
  if (!film.paused && !film.ended) requestAnimationFrame(animate);
};

const said = (mark) => {
  const why = mark.reasons.map((reason) => reasons[reason] ?? reason).join(", ");
  return words[mark.kind] + (why ? ` (${why})` : "");
};

// Which monitors are shown, unless it is a single one all the time.
const shown = (views) => {
  if (views.length < 2 && views.every((one) => one.monitors < 2 && !one.scaled)) return [];
  return views.map((one) => {
    const count = one.monitors === 1 ? "1 monitor" : `${one.monitors} monitors`;
    const size = `${one.width} × ${one.height}${one.scaled ? ", drawn in another size" : ""}`;
    return { kind: "view", at_us: one.at_us, length_us: 0, reasons: [count, size] };
  });
};

const list = () => {
  const rows = marks.map((mark) => {
    const row = document.createElement("li");
    row.className = mark.kind;
    row.dataset.at = mark.at;
    row.dataset.end = mark.at + mark.length;
    const go = document.createElement("button");
    const when = document.createElement("b");
    when.textContent = clock(mark.at);
    const what = document.createElement("span");
    what.textContent = said(mark) + (mark.length ? `, ${span(mark.length)}` : "");
    go.append(when, what);
    go.addEventListener("click", () => seek(mark.at));
    row.append(go);
    return row;
  });
  byId("marks").replaceChildren(...rows);
  byId("moments").hidden = !rows.length;
  const drawn = marks.filter((mark) => doubtful(mark) || (mark.length && mark.kind !== "trouble"));
  const kinds = new Set(drawn.map((mark) => mark.kind));
  const entries = [["agent", "Agent"], ["customer", "Customer"], ...[...kinds].map((kind) => [kind, words[kind]])];
  byId("legend").replaceChildren(...entries.map(([kind, text]) => {
    const entry = document.createElement("li");
    entry.className = kind;
    entry.textContent = text;
    return entry;
  }));
};

// Sound -----------------------------------------------------------------------------------------

let gains = null; // made when a party's volume is first changed: until then sound takes the plain way

const parties = () => {
  if (gains) return gains;
  const context = new AudioContext();
  const split = context.createChannelSplitter(2);
  const merge = context.createChannelMerger(2);
  context.createMediaElementSource(film).connect(split);
  gains = ["agent", "customer"].map((party, channel) => {
    const gain = context.createGain();
    split.connect(gain, channel);
    gain.connect(merge, 0, channel);
    return gain;
  });
  merge.connect(context.destination);
  film.addEventListener("play", () => context.resume());
  context.resume();
  return gains;
};

const volumes = [byId("agent-volume"), byId("customer-volume")];
volumes.forEach((slider, channel) => slider.addEventListener("input", () => {
  parties()[channel].gain.value = Number(slider.value) / 100;
}));

const mute = (channel) => {
  const slider = volumes[channel];
  if (slider.value !== "0") slider.dataset.before = slider.value;
  slider.value = slider.value === "0" ? slider.dataset.before ?? "100" : "0";
  slider.dispatchEvent(new Event("input"));
};

// Acting ----------------------------------------------------------------------------------------

const toggle = () => {
  if (film.paused) film.play().catch((error) => trouble(`This film cannot be played: ${error.message}`));
  else film.pause();
};
const faster = (by) => {
  const now = rates.indexOf(Number(byId("rate").value));
  byId("rate").selectedIndex = Math.min(Math.max(0, now + by), rates.length - 1);
  byId("rate").dispatchEvent(new Event("change"));
};
const next = () => {
  const mark = marks.find((one) => one.at > film.currentTime + 0.2);
  if (mark) seek(mark.at);
};
const full = () => (document.fullscreenElement ? document.exitFullscreen() : film.requestFullscreen());

byId("play").addEventListener("click", toggle);
film.addEventListener("click", toggle);
byId("back").addEventListener("click", () => seek(film.currentTime - 5));
byId("forth").addEventListener("click", () => seek(film.currentTime + 5));
byId("full").addEventListener("click", full);
byId("rate").addEventListener("change", () => {
  film.preservesPitch = true;
  film.playbackRate = Number(byId("rate").value);
});

const keys = {
  " ": toggle, k: toggle, f: full, n: next,
  ArrowLeft: () => seek(film.currentTime - 5), ArrowRight: () => seek(film.currentTime + 5),
  j: () => seek(film.currentTime - 15), l: () => seek(film.currentTime + 15),
  ",": () => faster(-1), ".": () => faster(1), a: () => mute(0), c: () => mute(1),
  Home: () => seek(0), End: () => seek(length),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const inField = event.target.closest("input, select, textarea");
  if (inField || (event.key === " " && event.target.closest("button, summary, a"))) return;
  const act = keys[event.key] ?? keys[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});

const pointed = (event) => {
  const box = track.getBoundingClientRect();
  return Math.min(Math.max(0, (event.clientX - box.left) / box.width), 1) * length;
};
track.addEventListener("pointerdown", (event) => {
  track.setPointerCapture(event.pointerId);
  seek(pointed(event));
});
track.addEventListener("pointermove", (event) => {
  const at = pointed(event);
  if (event.buttons & 1) seek(at);
  const here = marks.filter((mark) => mark.length && at >= mark.at && at < mark.at + mark.length);
  byId("hint").textContent = [clock(at), ...here.map(said)].join(" · ");
  byId("hint").style.left = `${(at / length) * 100}%`;
  byId("hint").hidden = false;
});
track.addEventListener("pointerleave", () => { byId("hint").hidden = true; });

for (const event of ["play", "pause", "ended"]) {
  film.addEventListener(event, () => {
    player.toggleAttribute("data-playing", !film.paused && !film.ended);
    byId("play").setAttribute("aria-label", film.paused ? "Play" : "Stop");
    animate();
  });
}
film.addEventListener("seeked", follow);
film.addEventListener("timeupdate", follow);
film.addEventListener("error", () => trouble("This film cannot be loaded. You may have been signed out; try to load the page again."));

const got = async (name) => {
  const answer = await fetch(`${player.dataset.film}/${name}?v=${player.dataset.version}`);
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer.json();
};

try {
  const timeline = await got("timeline.json");
  length = timeline.length_us / 1e6;
  const seconds = (one) => ({ ...one, at: one.at_us / 1e6, length: one.length_us / 1e6 });
  marks = [...timeline.marks.map(seconds), ...shown(timeline.views ?? []).map(seconds)];
  marks.sort((one, other) => one.at - other.at); // stable: what is at the same time stays in order
  track.setAttribute("aria-valuemax", length.toFixed(1));
  list();
  peaks = await got("peaks.json");
} catch (error) {
  trouble(`The time line cannot be shown: ${error.message}`);
}
draw();
follow();
new ResizeObserver(() => { draw(); follow(); }).observe(track);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
player.dataset.ready = "yes";
