// A Bayeux server by others, with as much of API v2 around it as the client asks for.
//
//     NODE_PATH=... node bayeux.js cometd|faye PORT OPTIONS
//
// PORT 0: any that is free. OPTIONS, as JSON: the server's own, in its own words. On standard output,
// one JSON object a line: {"port"} when it is ready; then each Bayeux message that it hears, with
// "at" in milliseconds. On standard input, one JSON array a line:
//
//     ["publish", CHANNEL, DATA]   to whoever has subscribed
//     ["list", CALLS]              what GET /api/v2/me/calls answers from now on
//     ["lose"]                     the next answer that carries data is cut off on its way
//     ["cut"]                      every connection
//     ["send-away"]                every client, by /meta/disconnect
//     ["forget"]                   every client, without a word
"use strict";
const http = require("http");
const readline = require("readline");

const [kind, port, options] = [process.argv[2], Number(process.argv[3]), JSON.parse(process.argv[4])];
const MOUNT = "/api/v2/notifications";
const say = (line) => process.stdout.write(JSON.stringify(line) + "\n");
const sockets = new Set();
let calls = [];
let losing = false;

function cometd() {
    const library = require("cometd-nodejs-server");
    const server = library.createCometDServer(options);
    if (options.ack) {
        const { AcknowledgedMessagesExtension } = require("cometd-nodejs-server/ack-extension");
        server.addExtension(new AcknowledgedMessagesExtension());
    }
    const sessions = new Set();
    server.addListener("sessionAdded", (session) => sessions.add(session));
    server.addListener("sessionRemoved", (session) => sessions.delete(session));
    const forget = () => sessions.forEach((session) => server._removeServerSession(session, true));
    return {
        handle: (request, response) => server.handle(request, response),
        publish: (channel, data) => server.createServerChannel(channel).publish(null, data),
        sendAway: () => sessions.forEach((session) => session.disconnect()),
        forget,
    };
}

function faye() {
    const library = require("faye");
    const adapter = new library.NodeAdapter({ mount: MOUNT, ...options });
    const clients = new Set();
    adapter.on("handshake", (id) => clients.add(id));
    adapter.on("disconnect", (id) => clients.delete(id));
    return {
        handle: (request, response) => adapter.handle(request, response),
        // its own client would turn the first two round, while it still shakes hands
        publish: (channel, data) => adapter._server._engine.publish({ channel, data }),
        sendAway: () => undefined,
        forget: () => clients.forEach((id) => adapter._server._engine._engine.destroyClient(id)),
    };
}

const bayeux = { cometd, faye }[kind]();

function listen(request) {
    let heard = "";
    request.on("data", (piece) => (heard += piece));
    request.on("end", () => {
        for (const message of JSON.parse(heard)) {
            say({ ...message, at: Date.now() });
        }
    });
}

// Answers are cut off here, below the Bayeux server: it believes that they have been sent.
function mayLose(response) {
    const end = response.end.bind(response);
    response.end = (content, ...rest) => {
        if (losing && String(content).includes('"data"')) {
            losing = false;
            response.socket.destroy();
            return response;
        }
        return end(content, ...rest);
    };
}

function rest(request, response) {
    const answers = {
        "/api/v2/me": { user: { userName: "JohnSmith" } },
        "/api/v2/me/calls": { calls },
        "/api/v2/me/devices": { devices: [] },
    };
    const found = answers[request.url.split("?")[0]];
    response.writeHead(found ? 200 : 404, { "Content-Type": "application/json" });
    response.end(JSON.stringify({ statusCode: found ? 0 : 6, ...found }));
}

const server = http.createServer((request, response) => {
    if (!request.url.startsWith(MOUNT)) {
        rest(request, response);
        return;
    }
    listen(request);
    mayLose(response);
    bayeux.handle(request, response);
});
server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
});
const orders = {
    publish: bayeux.publish,
    list: (now) => (calls = now),
    lose: () => (losing = true),
    cut: () => sockets.forEach((socket) => socket.destroy()),
    "send-away": bayeux.sendAway,
    forget: bayeux.forget,
};
readline
    .createInterface({ input: process.stdin })
    .on("line", (line) => {
        const [order, ...words] = JSON.parse(line);
        orders[order](...words);
    })
    .on("close", () => process.exit(0));
server.listen(port, "127.0.0.1", () => say({ port: server.address().port }));
