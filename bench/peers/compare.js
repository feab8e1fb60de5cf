// Measures a library in this process and bench_peers in another, turn by turn, and prints their ratio. Every answer of an
// exact library must equal ours to the last unit; doubles, which round nothing up, must come within a millionth part or 16 units.
import { execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import * as bn from "./bn.js";
import * as doubles from "./doubles.js";
import * as precise from "./precise.js";

const repeats = 9;
const program = process.argv[2];
const lines = execFileSync(program, ["dump"], { maxBuffer: 1 << 28 }).toString().trim().split("\n").map((line) => JSON.parse(line));
const [venue, ...accounts] = lines;

const ours = spawn(program, ["serve"], { stdio: ["pipe", "pipe", "inherit"] });
const replies = createInterface({ input: ours.stdout })[Symbol.asyncIterator]();
const askOurs = async () => {
  ours.stdin.write("go\n");
  return Number((await replies.next()).value);
};

function disagreement(peer, prepared, exact) {
  for (let i = 0; i < accounts.length; i++) {
    const got = peer.shown(prepared.ask(prepared.accounts[i]), venue);
    const near = (x, y) => Math.abs(x - Number(y)) <= 16 + 1e-6 * Math.abs(Number(y));
    const same = got.every((x, k) => (exact ? x === accounts[i].answer[k] : near(x, accounts[i].answer[k])));
    if (!same) return `account ${i}: ${got}, not ${accounts[i].answer}`;
  }
  return "";
}

let sink = 0;
/// CPU time of one account over a slice of at least `ms`; what was asked last is kept, so that nothing is optimised away.
function slice(prepared, ms) {
  const begin = process.cpuUsage();
  let asked = 0;
  let spent = 0;
  while (spent < ms * 1000) {
    for (let i = 0; i < 200; i++) sink += prepared.ask(prepared.accounts[(asked + i) % prepared.accounts.length]).length;
    asked += 200;
    const used = process.cpuUsage(begin);
    spent = used.user + used.system;
  }
  return (spent * 1000) / asked;
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
let failed = false;
for (const [name, peer, exact, bar] of [["doubles", doubles, false, 1], ["bn.js", bn, true, 100], ["ccxt Precise", precise, true, 250]]) {
  const prepared = peer.prepare(venue, accounts);
  const wrong = disagreement(peer, prepared, exact);
  if (wrong) {
    console.log(`${name}: the answers differ: ${wrong}`);
    failed = true;
    continue;
  }
  slice(prepared, 1500); // until the compiler of Node has nothing left to do
  await askOurs();
  const ratios = [];
  const theirs = [];
  const own = [];
  for (let i = 0; i < repeats; i++) {
    theirs.push(slice(prepared, 60));
    own.push(await askOurs());
    ratios.push(theirs[i] / own[i]);
  }
  const r = median(ratios);
  const range = `(${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`;
  console.log(`${name.padEnd(14)} ${r.toFixed(2).padStart(9)} times ours ${range.padEnd(22)} bar ${bar} ${r >= bar ? "held" : "MISSED"}; ${median(theirs).toFixed(0)} ns against ${median(own).toFixed(0)} ns; answers ${exact ? "equal to the last unit" : "within a millionth part"}`);
}
ours.stdin.end();
if (sink < 0 || failed) process.exitCode = 1;
