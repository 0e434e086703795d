// Workspace Web Edition as a web content sees it: the Service Client API's other side, protocol
// version 2, by its documented shapes. Driven by the test through `wwe`.

const content = new URLSearchParams(location.search);
const page = content.get("page"); // what is shown as web content
const accepted = (content.get("accepted") ?? new URL(page).origin).split(" ");
const services = (content.get("services") ?? "*").split(" "); // which requests are allowed

const agent = { employeeId: content.get("agent") ?? "JohnSmith", username: "john.smith", firstname: "John", lastname: "Smith" };
let state = { type: "READY", operationName: "Ready", displayName: "Ready" };
let next = 1; // of interactions
const calls = [];
const subscriptions = []; // {window, origin, events}
const asked = []; // requests as they came
const faults = { silent: false, refuse: [] };
const held = {}; // by request: until when answers to it are kept back
const frees = {};
let frame = null;

window.addEventListener("message", async (event) => {
  const message = event.data;
  if (typeof message !== "object" || message === null || message.userAgent !== "WWE Client") return;
  if (message.protocolVersion !== 2 || !accepted.includes(event.origin)) return;
  asked.push({ ...message, origin: event.origin });
  if (faults.silent) return;
  const answer = { referenceId: message.referenceId, userAgent: "WWE Server", protocolVersion: 2 };
  const send = (rest) => event.source.postMessage({ ...answer, ...rest }, event.origin);
  if (message.event === "subscribe") {
    subscriptions.push({ window: event.source, origin: event.origin, events: [].concat(message.data) });
    send({ subscriptionId: String(subscriptions.length) });
    return;
  }
  try {
    const data = perform(message.request, message.parameters ?? []); // as it is now
    if (held[message.request]) await held[message.request];
    send({ data });
  } catch (error) {
    send({ errorMessage: error.message });
  }
});

function perform(request, parameters) {
  const [space] = request.split(".");
  if (!services.some((one) => one === "*" || one === request || one === `${space}.*`)) throw new Error("not allowed");
  if (faults.refuse.includes(request)) throw new Error("not possible");
  switch (request) {
    case "agent.get": return agent;
    case "agent.getState": return state;
    case "media.getMediaList": return [{ name: "email", state: { type: "NOT_READY" } }, { name: "voice", state }];
    case "interaction.getInteractions": return [...calls.map(copy), { interactionId: "900", state: "ACCEPTED", userData: {} }];
    case "voice.startCallRecording": return recorded(parameters[0], "RECORDING");
    case "voice.stopCallRecording": return recorded(parameters[0], "STOPPED");
    case "voice.pauseCallRecording": return recorded(parameters[0], "PAUSED");
    case "voice.resumeCallRecording": return recorded(parameters[0], "RECORDING");
    default: throw new Error("no such service");
  }
}

function recorded(interactionId, recordingState) {
  const call = calls.find((one) => one.interactionId === interactionId);
  if (!call || !["TALKING", "HELD"].includes(call.state)) throw new Error("no such call");
  change(call, { recordingState });
  return {};
}

function change(call, fields) {
  if (fields.state) call.previousState = call.state;
  Object.assign(call, fields);
  publish("interaction", { eventType: "interaction", interaction: copy(call) });
  document.getElementById("call").textContent = `${call.state}, voice ${call.recordingState}`;
}

function publish(event, data) {
  for (const one of subscriptions) {
    if (one.events.includes(event)) one.window.postMessage({ event, data, userAgent: "WWE Server", protocolVersion: 2 }, one.origin);
  }
}

function copy(call) {
  return JSON.parse(JSON.stringify(call));
}

function load() {
  frame?.remove();
  frame = document.createElement("iframe");
  frame.title = "Twinreel";
  frame.allow = content.get("allow") ?? "loopback-network; local-network-access";
  frame.src = page;
  document.getElementById("content").append(frame);
}

const found = (callUuid) => calls.filter((one) => one.callUuid === callUuid).at(-1);

globalThis.wwe = {
  agent, calls, asked, faults, load,
  frame: () => frame,
  ring(callUuid, fields = {}) {
    const call = {
      interactionId: String(next++), parentInteractionId: null, caseId: `case-${callUuid}`, userData: {},
      state: "RINGING", previousState: "UNKNOWN", parties: [], isConsultation: false, isMainCaseInteraction: true,
      startDate: Date.now(), callUuid, direction: "IN", callType: "INBOUND", ani: "+15551230001", dnis: "1800",
      recordingState: "STOPPED", ...fields,
    };
    calls.push(call);
    change(call, {});
    return call.interactionId;
  },
  answer(callUuid) {
    change(found(callUuid), { state: "TALKING" });
    change(found(callUuid), { recordingState: "RECORDING" });
  },
  hold: (callUuid) => change(found(callUuid), { state: "HELD" }),
  retrieve: (callUuid) => change(found(callUuid), { state: "TALKING" }),
  release: (callUuid) => change(found(callUuid), { state: "IDLE", recordingState: "STOPPED" }),
  markDone(callUuid) { calls.splice(calls.indexOf(found(callUuid)), 1); },
  recording: (callUuid, recordingState) => change(found(callUuid), { recordingState }),
  be(type) {
    state = { type, operationName: type, displayName: type };
    publish("agent", state);
    publish("media", { name: "voice", state });
  },
  // A refresh of Workspace: interactions are numbered anew.
  refresh() {
    subscriptions.length = 0;
    next = 1;
    for (const call of calls) call.interactionId = String(next++);
    load();
  },
  hold(request) { held[request] = new Promise((free) => { frees[request] = free; }); },
  free(request) {
    delete held[request];
    frees[request]();
  },
  say(message) { frame.contentWindow.postMessage(message, "*"); },
  publish,
  voiceOf: (callUuid) => found(callUuid)?.recordingState,
};
document.getElementById("agent").textContent = agent.username;
load();
