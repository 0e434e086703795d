// Workspace Web Edition's Service Client API, protocol version 2: messages to the window around us.
// Written to the documented shapes. Not documented, so both are understood: whether an answer
// carries its result in `data` or beside the referenceId, and how an event wraps its object.

const VERSION = 2;
const PATIENCE = 10_000; // ms: Workspace answers within this, or has failed
const AGAIN = 3_000; // ms until an unanswered beginning is tried again
const FIELDS = [
  "interactionId", "parentInteractionId", "caseId", "state", "isConsultation", "startDate",
  "callUuid", "callType", "ani", "dnis", "recordingState",
];
const DATA_BYTES = 8_192; // of attached data in one message; the client's limit is 24 KiB in all
const LIST_BYTES = 16_384;
const SAID_ALWAYS = "GSIP_RECORD"; // SIP Server's own word on the recording
const LISTINGS_IN_A_ROW = 3;

export class Workspace {
  #frame;
  #origins;
  #say;
  #number = 0;
  #waiting = new Map(); // referenceId -> {resolve, reject, timer}
  #frameId;
  #origin = null; // of the window around us, once it has spoken
  #listing = null; // the listing that is under way
  #byVoice = true; // whether the state of the voice channel can be asked for
  #naming = false; // the agent is being asked for
  #changes = 0; // of calls, as heard so far

  /** `origins` that may be around us; `say` takes what the client is to know. */
  constructor(frame, origins, say) {
    this.#frame = frame;
    this.#origins = origins;
    this.#say = say;
    window.addEventListener("message", (event) => this.#heard(event));
  }

  /** Ask to be told of events, again and again until Workspace answers. */
  async begin() {
    for (;;) {
      try {
        await this.#send({ event: "subscribe", data: ["agent", "interaction", "media"] });
        return;
      } catch {
        await new Promise((done) => setTimeout(done, AGAIN));
      }
    }
  }

  /** Say who the agent is, what the agent does, and all calls. Rejects if Workspace is silent. */
  list() {
    this.#listing ??= this.#list().finally(() => { this.#listing = null; });
    return this.#listing;
  }

  /** "pause" or "resume" the recording of one interaction; what went wrong, or "". */
  async order(want, interaction) {
    try {
      await this.#request(`voice.${want}CallRecording`, [interaction]);
      return "";
    } catch (error) {
      return error.message;
    }
  }

  async #list() {
    this.#say({ kind: "agent", agent: plain(await this.#named(), ["employeeId", "username"]) });
    await this.#sayState();
    const calls = (await this.#calls()).filter(isCall).map(trimmed);
    if (size(calls) > LIST_BYTES) calls.forEach((call) => { call.userData = onlySaidAlways(call.userData); });
    this.#say({ kind: "calls", interactions: calls });
  }

  async #named() {
    this.#naming = true;
    try {
      return await this.#request("agent.get");
    } finally {
      this.#naming = false;
    }
  }

  /** As they are now: asked for again if one changed meanwhile, for it may have before or after. */
  async #calls() {
    for (let left = LISTINGS_IN_A_ROW; ; ) {
      const before = this.#changes;
      const found = await this.#request("interaction.getInteractions");
      if (!Array.isArray(found)) throw new Error("refused");
      if (this.#changes === before || --left === 0) return found;
    }
  }

  async #sayState() {
    const state = (await this.#voiceState()) ?? (await this.#request("agent.getState"));
    if (isObject(state)) this.#say({ kind: "agent-state", state: plain(state.state ?? state, ["type", "operationName"]) });
  }

  // Of an agent with several channels only the telephone matters. How the list of channels is
  // written is not documented in full: where it is not as expected, the agent's state counts.
  async #voiceState() {
    if (!this.#byVoice) return null;
    try {
      const media = await this.#request("media.getMediaList");
      const voice = Array.isArray(media) ? media.find((one) => one?.name === "voice") : null;
      if (isObject(voice?.state)) return voice.state;
    } catch { /* not allowed, or not known */ }
    this.#byVoice = false;
    return null;
  }

  #heard(event) {
    const message = event.data;
    if (event.source !== this.#frame || !this.#origins.includes(event.origin)) return;
    if (!isObject(message) || !String(message.userAgent ?? "").includes("WWE")) return;
    this.#origin = event.origin;
    if (message.event) this.#told(message.event, message.data ?? {});
    else if (message.referenceId !== undefined) this.#answered(String(message.referenceId), message);
    else if (message.frameId !== undefined) this.#frameId = message.frameId;
  }

  #told(event, data) {
    if (event === "interaction") {
      const one = isObject(data.interaction) ? data.interaction : data;
      // Whose call it is comes first: until the agent is named, the listing that follows is to tell.
      if (!isCall(one) || this.#naming) return;
      this.#changes += 1;
      this.#say({ kind: "call", interaction: trimmed(one) });
    } else if (event === "agent" || event === "media") {
      this.#sayState().catch(() => {});
    }
  }

  #answered(reference, message) {
    const waiting = this.#waiting.get(reference);
    if (!waiting) return;
    this.#waiting.delete(reference);
    clearTimeout(waiting.timer);
    if (message.errorMessage !== undefined) waiting.reject(new Error("refused"));
    else waiting.resolve(message.data !== undefined ? message.data : message);
  }

  #request(request, parameters = undefined) {
    return this.#send(parameters === undefined ? { request } : { request, parameters });
  }

  #send(message) {
    const referenceId = `twinreel-${++this.#number}`;
    const whole = { ...message, referenceId, userAgent: "WWE Client", protocolVersion: VERSION };
    if (this.#frameId !== undefined) whole.frameId = this.#frameId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(referenceId);
        reject(new Error("timeout"));
      }, PATIENCE);
      this.#waiting.set(referenceId, { resolve, reject, timer });
      for (const origin of this.#origin ? [this.#origin] : this.#origins) this.#frame.postMessage(whole, origin);
    });
  }
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCall(one) {
  return isObject(one) && typeof one.callUuid === "string" && one.callUuid !== "";
}

function plain(value, fields) {
  const kept = {};
  for (const field of fields) {
    const one = value?.[field];
    if (["string", "number", "boolean"].includes(typeof one)) kept[field] = typeof one === "string" ? one.slice(0, 256) : one;
  }
  return kept;
}

function trimmed(one) {
  const kept = plain(one, FIELDS);
  kept.userData = {};
  let room = DATA_BYTES;
  const data = isObject(one.userData) ? one.userData : {};
  for (const [key, value] of Object.entries(data)) {
    const needed = key === SAID_ALWAYS ? 0 : size({ [key]: value ?? null });
    if (needed <= room) {
      kept.userData[key] = value ?? null;
      room -= needed;
    }
  }
  return kept;
}

function onlySaidAlways(data) {
  return SAID_ALWAYS in data ? { [SAID_ALWAYS]: data[SAID_ALWAYS] } : {};
}

function size(value) {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
