// Talks to a running service with Node's fetch and the ws library, by functions made from the service's own OpenAPI document: client.js PORT
"use strict";
const assert = require("node:assert");
const WebSocket = require("ws");
const base = `http://127.0.0.1:${process.argv[2]}`;

/// A function for each operation: (path and query parameters, body) to {status, body}.
async function clientOf(url) {
    const document = await (await fetch(`${url}/openapi.json`)).json();
    assert.strictEqual(document.openapi, "3.1.0");
    const client = {};
    for (const [path, operations] of Object.entries(document.paths)) {
        for (const [method, operation] of Object.entries(operations)) {
            client[operation.operationId] = async (parameters = {}, body = undefined) => {
                const query = new URLSearchParams();
                let target = path;
                for (const { name, in: place } of operation.parameters) {
                    if (!(name in parameters)) continue;
                    if (place === "path") target = target.replace(`{${name}}`, encodeURIComponent(parameters[name]));
                    if (place === "query") query.set(name, parameters[name]);
                }
                const answer = await fetch(`${url}${target}${query.size ? `?${query}` : ""}`, {
                    method: method.toUpperCase(),
                    body: body === undefined ? undefined : JSON.stringify(body),
                });
                const text = await answer.text();
                return { status: answer.status, body: answer.headers.get("content-type").includes("json") ? JSON.parse(text) : text };
            };
        }
    }
    return client;
}

/// The messages of a socket, one by one.
function socketOf(url) {
    const socket = new WebSocket(url);
    const arrived = [];
    const waiting = [];
    socket.on("message", (data) => {
        const message = JSON.parse(data);
        if (waiting.length) waiting.shift()(message);
        else arrived.push(message);
    });
    return {
        ready: new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject)),
        next: () =>
            new Promise((resolve, reject) => {
                if (arrived.length) return resolve(arrived.shift());
                waiting.push(resolve);
                setTimeout(() => reject(new Error("nothing came")), 5000).unref();
            }),
        send: (message) => socket.send(typeof message === "string" ? message : JSON.stringify(message)),
        raw: (data) => socket.send(data),
        close: () => socket.close(),
        arrived,
    };
}

async function main() {
    const client = await clientOf(base);
    assert.strictEqual((await client.readyz()).status, 200);
    for (let i = 0; i < 2; ++i) assert.strictEqual((await client.commands({}, { command: "open-account" })).status, 200);
    for (const account of ["0", "1"])
        assert.strictEqual((await client.commands({}, { command: "deposit", account, asset: "USDT", amount: "100000" })).status, 200);
    const marks = (price) => ({ command: "mark-prices", markets: [{ market: "BTCUSDT", price }], assets: [{ asset: "USDT", price: "1" }] });
    assert.strictEqual((await client.commands({}, marks("60000"))).status, 200);
    const order = { command: "place-order", account: "0", market: "BTCUSDT", side: "buy", size: "1", limit: "60000" };
    assert.strictEqual((await client.check({}, order)).status, 200);
    assert.match((await client.set()).body, /\[set\]/);
    assert.match((await client.metrics()).body, /plimsoll_accounts 2/);
    const big = await client.check({}, { ...order, size: "1000" });
    assert.strictEqual(big.status, 422);
    assert.strictEqual(big.body.code, "MARGIN_INSUFFICIENT");
    assert.strictEqual(big.body.reply.reject.largest_size, (await client.solveMaxSize({}, order)).body.max_size);

    // A follower of an account: its state, then what changes it, each with the one before.
    const socket = socketOf(`ws://127.0.0.1:${process.argv[2]}/v1/ws`);
    await socket.ready;
    socket.send({ op: "subscribe", id: "mine", channel: "account", account: "0" });
    const snapshot = await socket.next();
    assert.strictEqual(snapshot.status, 200);
    assert.deepStrictEqual(snapshot.body.balances, [{ asset: "USDT", amount: "100000" }]);
    socket.send({ op: "subscribe", id: "all", channel: "commands" });
    assert.strictEqual((await socket.next()).body.seq, snapshot.body.seq);
    // Commands and checks by the same socket.
    socket.send({ op: "call", id: "c1", method: "POST", path: "/v1/commands", body: order });
    const seen = {};
    for (let i = 0; i < 3; ++i) {
        const message = await socket.next();
        seen[message.id] = message;
    }
    assert.strictEqual(seen.c1.status, 200);
    assert.strictEqual(seen.mine.seq, snapshot.body.seq + 1);
    assert.strictEqual(seen.mine.prev_seq, snapshot.body.seq);
    assert.strictEqual(seen.all.command.events[0].event, "order-placed");
    // Another account's affairs are not told on this channel.
    await client.commands({}, { command: "deposit", account: "1", asset: "USDT", amount: "1" });
    assert.strictEqual((await socket.next()).id, "all");
    socket.send({ op: "call", id: "c2", path: "/v1/accounts/0" });
    assert.strictEqual((await socket.next()).id, "c2");
    socket.send({ op: "unsubscribe", id: "all" });
    assert.strictEqual((await socket.next()).status, 200);

    // Who comes back is told what came since, and then what comes.
    const since = seen.all.seq;
    for (let i = 0; i < 20; ++i) await client.commands({}, { command: "tick" });
    const back = socketOf(`ws://127.0.0.1:${process.argv[2]}/v1/ws`);
    await back.ready;
    back.send({ op: "subscribe", id: "again", channel: "commands", from_seq: since + 1 });
    assert.strictEqual((await back.next()).status, 200);
    let last = since;
    for (let i = 0; i < 21; ++i) {
        const told = await back.next();
        assert.strictEqual(told.prev_seq, last);
        assert.strictEqual(told.seq, last + 1);
        last = told.seq;
    }
    await client.commands({}, { command: "tick" });
    assert.strictEqual((await back.next()).prev_seq, last);
    back.send({ op: "subscribe", id: "market", channel: "market", market: "BTCUSDT" });
    const market = await back.next();
    assert.strictEqual(market.body.credit_price, "60000");
    await client.commands({}, marks("61000"));
    const marked = [await back.next(), await back.next()].find((message) => message.id === "market");
    assert.strictEqual(marked.command.events.find((e) => e.event === "marked").guard.credit, "61000");

    // What cannot be understood is answered, and the socket goes on.
    for (const [bad, says] of [
        ["{", /MALFORMED/],
        [{ op: "sing", id: "x" }, /there is no op 'sing'/],
        [{ op: "subscribe", id: "y", channel: "weather" }, /channel/],
        [{ op: "subscribe", id: "mine", channel: "commands" }, /follows something already/],
        [{ op: "subscribe", id: "z", channel: "account", account: "77" }, /ACCOUNT_UNKNOWN/],
        [{ op: "subscribe", id: "z", channel: "commands", from_seq: 999999 }, /EVENTS_GONE/],
        [{ op: "unsubscribe", id: "nobody" }, /NOT_FOUND/],
        [{ op: "call", id: "n", path: "/nowhere" }, /NOT_FOUND/],
    ]) {
        socket.send(bad);
        const answer = await socket.next();
        assert.match(JSON.stringify(answer), says);
        assert.notStrictEqual(answer.status, 200);
    }
    socket.raw(Buffer.from([1, 2, 3]));
    assert.match(JSON.stringify(await socket.next()), /it is binary/);
    socket.close();
    back.close();
    console.log("node: fine");
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
