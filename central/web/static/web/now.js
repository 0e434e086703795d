// Calls that go on: rows are asked for each second and replaced only where they changed, so that
// a button does not vanish under the pointer.
const form = document.getElementById("orders");
const body = document.getElementById("calls");
const said = document.getElementById("said");
const lost = document.getElementById("lost");
const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
const EVERY = 1000; // milliseconds
const known = new Map([...body.rows].map((row) => [row.dataset.device, row.outerHTML]));
let behind = 0; // milliseconds: the browser's clock minus central's
let failures = 0;

function length(since) {
  const seconds = Math.max(0, Math.round((Date.now() - behind - Date.parse(since)) / 1000));
  const two = (count) => String(count).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  const clock = `${minutes % 60}:${two(seconds % 60)}`;
  return minutes < 60 ? clock : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

function tick() {
  for (const one of body.querySelectorAll(".since")) one.textContent = length(one.dataset.since);
}

function replaced(old, row) {
  const focused = old.contains(document.activeElement) && document.activeElement.dataset.order;
  old.replaceWith(row);
  if (focused) (row.querySelector(`[data-order="${focused}"]`) || row.querySelector("button"))?.focus();
}

function show(text) {
  const come = new DOMParser().parseFromString(`<table><tbody>${text}</tbody></table>`, "text/html");
  const rows = [...come.querySelectorAll("tr")];
  const here = new Set(rows.map((row) => row.dataset.device));
  for (const row of [...body.rows]) {
    if (!here.has(row.dataset.device)) {
      known.delete(row.dataset.device);
      row.remove();
    }
  }
  rows.forEach((row, place) => {
    const device = row.dataset.device;
    const html = row.outerHTML;
    const old = [...body.rows].find((one) => one.dataset.device === device);
    const fresh = document.importNode(row, true);
    if (!old) body.insertBefore(fresh, body.rows[place] || null);
    else if (known.get(device) !== html) replaced(old, fresh);
    known.set(device, html);
  });
  document.getElementById("going").hidden = !rows.length;
  document.getElementById("nobody").hidden = rows.length > 0;
  const count = `${rows.length} in a call`;
  const counter = document.getElementById("count");
  if (counter.textContent !== count) counter.textContent = count;
  tick();
}

async function look() {
  try {
    const answer = await fetch(form.dataset.rows, { cache: "no-store" });
    if (answer.redirected || answer.status === 403) {
      location.reload(); // signed out, or no longer allowed: the page says which
      return;
    }
    if (!answer.ok) throw new Error(answer.statusText);
    const at = Date.parse(answer.headers.get("Date") || "");
    if (at) behind = Math.abs(Date.now() - at) > 2000 ? Date.now() - at : 0;
    show(await answer.text());
    failures = 0;
  } catch {
    failures += 1;
  }
  lost.hidden = failures < 3;
}

async function order(button) {
  const row = button.closest("tr");
  button.disabled = true;
  said.textContent = "";
  said.className = "soft";
  try {
    const answer = await fetch(form.dataset.order, {
      method: "POST",
      headers: { "X-CSRFToken": token },
      body: new URLSearchParams({
        device: row.dataset.device, call: row.dataset.call, order: button.dataset.order,
      }),
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.problem);
  } catch (error) {
    said.className = "bad";
    said.textContent = error instanceof SyntaxError ? "Central would not take this order." : error.message;
    button.disabled = false;
  }
  await look();
}

body.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-order]");
  if (button) order(button);
});

async function watch() {
  for (;;) {
    await new Promise((after) => setTimeout(after, document.hidden ? 5 * EVERY : EVERY));
    await look();
  }
}

tick();
watch();
