// ccxt's Precise: decimal numbers as strings. Exact, and rounded by hand.
import ccxt from "ccxt";

const { Precise } = ccxt;
const { stringAdd: add, stringSub: sub, stringMul: mul, stringAbs: abs, stringGt: gt, stringLt: lt, stringNeg: neg, stringDiv: div } = Precise;

/// An integer count of 10^-digits as a decimal.
function decimal(raw, digits) {
  const precise = new Precise(raw);
  precise.decimals = digits;
  return precise.toString();
}

export function prepare(venue, accounts) {
  const places = venue.settle_digits;
  const markets = venue.markets.map((m) => {
    const digits = m.price_digits + m.size_digits;
    return {
      mark: decimal(m.mark, m.price_digits),
      rows: m.rows.map(([edge, rate, saved]) => ({ edge: decimal(edge, digits), rate: decimal(rate, 9), saved: decimal(saved, digits + 9) })),
    };
  });
  const coin = { price: decimal(venue.coin.price, venue.coin.price_digits), weight: decimal(venue.coin.weight, 9) };
  const profit = decimal(venue.profit, 9);
  const prepared = accounts.map((a) => ({
    dollars: decimal(a.balances[0], places),
    coins: decimal(a.balances[1], venue.coin.digits),
    positions: a.positions.map(([market, size, cost, buys, sells, buyCost, sellCost]) => {
      const m = venue.markets[market];
      const digits = m.price_digits + m.size_digits;
      return {
        market: markets[market],
        size: decimal(size, m.size_digits),
        cost: decimal(cost, digits),
        buys: decimal(buys, m.size_digits),
        sells: decimal(sells, m.size_digits),
        buyCost: decimal(buyCost, digits),
        sellCost: decimal(sellCost, digits),
      };
    }),
  }));
  const unit = decimal("1", places);
  const down = (x) => div(x, "1", places); // x >= 0; Precise truncates
  const up = (x) => {
    const cut = down(x);
    return lt(cut, x) ? add(cut, unit) : cut;
  };
  return { accounts: prepared, ask: (account) => health(account, coin, profit, up, down) };
}

function margin(rows, notional) {
  let i = 0;
  while (i + 1 < rows.length && lt(rows[i + 1].edge, notional)) i++;
  return sub(mul(notional, rows[i].rate), rows[i].saved);
}

function health(account, coin, profit, up, down) {
  let collateral = account.dollars;
  let requirement = "0";
  let orderLoss = "0";
  for (const p of account.positions) {
    const { mark, rows } = p.market;
    const pnl = sub(mul(mark, p.size), p.cost);
    collateral = add(collateral, gt(pnl, "0") ? down(mul(down(pnl), profit)) : neg(up(neg(pnl))));
    const withBuys = up(margin(rows, abs(mul(mark, add(p.size, p.buys)))));
    const withSells = up(margin(rows, abs(mul(mark, sub(p.size, p.sells)))));
    const buysLose = sub(p.buyCost, mul(mark, p.buys));
    const sellsLose = sub(mul(mark, p.sells), p.sellCost);
    const lossBuys = gt(buysLose, "0") ? up(buysLose) : "0";
    const lossSells = gt(sellsLose, "0") ? up(sellsLose) : "0";
    // Orders rest on both sides of every position here: the larger margin, and what both sides lose.
    requirement = add(requirement, gt(withSells, withBuys) ? withSells : withBuys);
    orderLoss = add(add(orderLoss, lossBuys), lossSells);
  }
  collateral = add(collateral, down(mul(mul(account.coins, coin.price), coin.weight)));
  return [collateral, requirement, orderLoss];
}

export const shown = (answer, venue) =>
  answer.map((x) => {
    const precise = new Precise(x);
    return (precise.integer * 10n ** BigInt(venue.settle_digits - precise.decimals)).toString();
  });
