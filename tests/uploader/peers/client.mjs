// A tus client of others. node client.mjs MODULES URL FILE CREDENTIAL RECORDING NAME
import { createReadStream } from "node:fs";
import { pathToFileURL } from "node:url";
import path from "node:path";

const [modules, endpoint, file, credential, recording, name] = process.argv.slice(2);
const { default: tus } = await import(
  pathToFileURL(path.join(modules, "tus-js-client/lib.es5/node/index.js"))
);
const upload = new tus.Upload(createReadStream(file), {
  endpoint,
  chunkSize: 300_000,
  headers: { Authorization: `Bearer ${credential}` },
  metadata: { recording_id: recording, filename: name },
  retryDelays: null,
  onError: (error) => {
    console.error(error.message);
    process.exit(1);
  },
  onSuccess: () => console.log(upload.url),
});
upload.start();
