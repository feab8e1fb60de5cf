// bn.js: integers of any length, as SDKs of several venues on chains use them. Exact.
import BN from "bn.js";

const zero = new BN(0);
const rateOne = new BN(1_000_000_000);
const ten = (digits) => new BN(10).pow(new BN(digits));

export function prepare(venue, accounts) {
  const markets = venue.markets.map((m) => {
    const digits = m.price_digits + m.size_digits;
    return {
      mark: new BN(m.mark),
      settle: ten(Math.max(0, digits - venue.settle_digits)),
      widen: ten(Math.max(0, venue.settle_digits - digits)),
      grid: ten(digits + 9 - venue.settle_digits),
      rows: m.rows.map(([edge, rate, saved]) => ({ edge: new BN(edge), rate: new BN(rate), saved: new BN(saved) })),
    };
  });
  const coin = {
    factor: new BN(venue.coin.price).mul(new BN(venue.coin.weight)),
    scale: ten(venue.coin.digits + venue.coin.price_digits + 9 - venue.settle_digits),
  };
  const profit = new BN(venue.profit);
  const prepared = accounts.map((a) => ({
    dollars: new BN(a.balances[0]),
    coins: new BN(a.balances[1]),
    positions: a.positions.map(([market, ...figures]) => {
      const [size, cost, buys, sells, buyCost, sellCost] = figures.map((x) => new BN(x));
      return { market: markets[market], size, cost, buys, sells, buyCost, sellCost };
    }),
  }));
  return { accounts: prepared, ask: (account) => health(account, coin, profit) };
}

const up = (n, d) => n.add(d).subn(1).div(d); // n >= 0

function margin(market, notional) {
  const { rows } = market;
  let i = 0;
  while (i + 1 < rows.length && rows[i + 1].edge.lt(notional)) i++;
  return up(notional.mul(rows[i].rate).sub(rows[i].saved), market.grid);
}

function loss(market, exact) {
  return exact.isNeg() ? zero : up(exact.mul(market.widen), market.settle);
}

function health(account, coin, profit) {
  let collateral = account.dollars;
  let requirement = zero;
  let orderLoss = zero;
  for (const p of account.positions) {
    const m = p.market;
    const pnl = m.mark.mul(p.size).sub(p.cost).mul(m.widen);
    collateral = collateral.add(pnl.isNeg() ? up(pnl.neg(), m.settle).neg() : pnl.div(m.settle).mul(profit).div(rateOne));
    const withBuys = margin(m, m.mark.mul(p.size.add(p.buys)).abs());
    const withSells = margin(m, m.mark.mul(p.size.sub(p.sells)).abs());
    const lossBuys = loss(m, p.buyCost.sub(m.mark.mul(p.buys)));
    const lossSells = loss(m, m.mark.mul(p.sells).sub(p.sellCost));
    // Orders rest on both sides of every position here: the larger margin, and what both sides lose.
    requirement = requirement.add(withSells.gt(withBuys) ? withSells : withBuys);
    orderLoss = orderLoss.add(lossBuys).add(lossSells);
  }
  collateral = collateral.add(account.coins.mul(coin.factor).div(coin.scale));
  return [collateral, requirement, orderLoss];
}

export const shown = (answer) => answer.map((x) => x.toString());
