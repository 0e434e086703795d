// A tus server of others, and before it what asks for recordings as central would, without receipts.
// node server.mjs MODULES FOLDER KIND; prints its port; ends with its input.
// KIND "bare": it knows nothing but tus. "asking": POST /recordings/ID names what is missing.
import { createServer } from "node:http";
import { readFile, readdir } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import path from "node:path";

const [modules, folder, kind] = process.argv.slice(2);
const from = (name) => import(pathToFileURL(path.join(modules, name)));
const { Server } = await from("@tus/server/dist/index.js");
const { FileStore } = await from("@tus/file-store/dist/index.js");

const tus = new Server({
  path: "/uploads",
  datastore: new FileStore({ directory: folder }),
  namingFunction: (request) => request.headers.get("idempotency-key").replace("/", "_"),
});

async function isWhole(name) {
  const about = JSON.parse(await readFile(path.join(folder, name + ".json"), "utf8"));
  return (await readFile(path.join(folder, name))).length === about.size;
}

async function missing(recording, manifest) {
  const wanted = manifest.segments.map((one) => String(one.index).padStart(3, "0") + ".seg");
  if (manifest.details_sha256) wanted.push("details");
  const here = new Set(await readdir(folder));
  const found = [];
  for (const name of wanted) {
    const file = recording + "_" + name;
    if (!here.has(file) || !(await isWhole(file))) found.push(name);
  }
  return found;
}

const server = createServer(async (request, response) => {
  const recording = /^\/recordings\/([^/]+)$/.exec(request.url);
  if (!recording) return tus.handle(request, response);
  let body = "";
  for await (const piece of request) body += piece;
  const names = kind === "asking" ? await missing(recording[1], JSON.parse(body)) : [];
  if (!names.length) return response.writeHead(404).end("Not found\n");
  response.writeHead(409, { "Content-Type": "application/json" });
  response.end(JSON.stringify({ error: "missing", detail: "", missing: names }));
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
