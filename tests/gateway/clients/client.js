// Talks to a running service with Node's fetch and the ws library, by functions made from the service's own OpenAPI document: client.js PORT
"use strict";
const assert = require("node:assert");
const fs = require("node:fs");
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

/// What ccxt's fetchLeverageTiers() gives goes through the service and comes back with the same tiers, and from the second time on the same bytes.
async function tiers(client) {
    const sent = JSON.parse(fs.readFileSync("tests/formats/samples/ccxt-map.json"));
    const once = await client.importTiers({ format: "ccxt", to: "ccxt" }, sent);
    assert.strictEqual(once.status, 200, JSON.stringify(once.body));
    const back = typeof once.body === "string" ? JSON.parse(once.body) : once.body;
    assert.deepStrictEqual(Object.keys(back), Object.keys(sent));
    for (const [symbol, list] of Object.entries(sent))
        list.forEach((tier, i) => {
            for (const name of ["currency", "minNotional", "maxNotional", "maintenanceMarginRate", "maxLeverage"])
                assert.strictEqual(back[symbol][i][name], tier[name], `${symbol} ${i} ${name}`);
        });
    assert.deepStrictEqual((await client.importTiers({ format: "ccxt", to: "ccxt" }, back)).body, once.body);
    const own = await client.exportTiers({ format: "ccxt" });
    assert.strictEqual(own.status, 200);
    const schedules = await client.importTiers({ format: "ccxt" }, typeof own.body === "string" ? JSON.parse(own.body) : own.body);
    assert.strictEqual(schedules.status, 200);
    assert.match(schedules.body, /\[\[schedules?/);
    assert.strictEqual((await client.importTiers({ format: "ccxt" }, { "A/B:B": [{ tier: 1 }] })).status, 400);
}

/// A frame as docs/reference/binary-protocol.md has it.
function frameOf(tag, op, kind, fields) {
    const head = Buffer.alloc(4 + 9 + 25);
    head.writeUInt32LE(head.length - 4 + fields.length, 0);
    head.writeBigUInt64LE(BigInt(tag), 4);
    head.writeUInt8(op, 12);
    head.writeUInt8(kind, 13 + 24);
    return Buffer.concat([head, fields]);
}
function orderOf(account, size, limit) {
    const fields = Buffer.alloc(4 + 4 + 1 + 1 + 8 + 8 + 1);
    fields.writeUInt32LE(account, 0);
    fields.writeBigInt64LE(BigInt(size), 10);
    fields.writeBigInt64LE(BigInt(limit), 18);
    return fields;
}
/// [{tag, end, seq, made, text}] of a message of answers.
function answersOf(message) {
    const answers = [];
    for (let at = 0; at < message.length; ) {
        const length = message.readUInt32LE(at);
        const frame = message.subarray(at + 4, at + 4 + length);
        const answer = { tag: Number(frame.readBigUInt64LE(0)), end: frame.readUInt8(8) };
        if (answer.end < 2) {
            answer.seq = Number(frame.readBigUInt64LE(9));
            answer.made = frame.readBigUInt64LE(17);
        } else answer.text = frame.subarray(9).toString();
        answers.push(answer);
        at += 4 + length;
    }
    return answers;
}

/// Orders and checks as frames, one by one and many in flight.
async function frames(url, client) {
    const socket = new WebSocket(url);
    const answers = [];
    let wanted = 0;
    let enough = () => {};
    socket.on("message", (data, binary) => {
        assert.ok(binary);
        answers.push(...answersOf(data));
        if (answers.length >= wanted) enough();
    });
    const told = (count) =>
        new Promise((resolve) => {
            wanted = count;
            enough = resolve;
            if (answers.length >= count) resolve();
        });
    await new Promise((resolve) => socket.on("open", resolve));
    const placeOrder = 13;
    socket.send(frameOf(1, 1, placeOrder, orderOf(1, 100, 6000000)));
    await told(1);
    assert.strictEqual(answers[0].end, 0);
    const before = (await client.venue()).body.seq;
    assert.strictEqual(answers[0].seq, before);
    // 80 messages of 4 frames, none waited for.
    for (let i = 0; i < 80; ++i) {
        const four = [];
        for (let j = 0; j < 4; ++j) four.push(frameOf(10 + 4 * i + j, j === 3 ? 1 : 0, placeOrder, orderOf(1, j === 2 ? 90000000 : 10, 6000000)));
        socket.send(Buffer.concat(four));
    }
    await told(321);
    for (let i = 1; i < 321; ++i) assert.strictEqual(answers[i].tag, 9 + i);
    const decided = answers.slice(1).filter((a) => a.end < 2 && (a.tag - 10) % 4 !== 3);
    assert.strictEqual((await client.venue()).body.seq, before + decided.length);
    assert.ok(decided.length > 0);
    for (const a of answers.slice(1)) {
        const j = (a.tag - 10) % 4;
        if (a.end === 4) assert.match(a.text, /too much/);
        else assert.strictEqual(a.end, j === 2 ? 1 : 0, JSON.stringify(a.tag));
    }
    socket.send(Buffer.from([1, 2, 3]));
    await told(322);
    assert.match(answers[321].text, /cut off/);
    // An order that is made can be cancelled by the id it was told.
    const cancel = Buffer.alloc(12);
    cancel.writeUInt32LE(1, 0);
    cancel.writeBigUInt64LE(decided.find((a) => a.end === 0).made, 4);
    socket.send(frameOf(5, 0, 15, cancel));
    await told(323);
    assert.strictEqual(answers[322].end, 0);
    socket.close();
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
        assert.ok(answer.seq >= last, `every answer says how far the venue is: ${JSON.stringify(answer)} after ${last}`);
    }
    socket.close();
    await tiers(client);
    await frames(`ws://127.0.0.1:${process.argv[2]}/v1/ws`, client);
    back.close();
    console.log("node: fine");
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
