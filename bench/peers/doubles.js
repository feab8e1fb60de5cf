// Plain doubles in natural units: fast, and wrong in the last places.
const scale = (raw, digits) => Number(raw) / 10 ** digits;

export function prepare(venue, accounts) {
  const markets = venue.markets.map((m) => {
    const digits = m.price_digits + m.size_digits;
    return {
      mark: scale(m.mark, m.price_digits),
      rows: m.rows.map(([edge, rate, saved]) => ({ edge: scale(edge, digits), rate: scale(rate, 9), saved: scale(saved, digits + 9) })),
    };
  });
  const coin = { price: scale(venue.coin.price, venue.coin.price_digits), weight: scale(venue.coin.weight, 9) };
  const profit = scale(venue.profit, 9);
  const prepared = accounts.map((a) => ({
    dollars: scale(a.balances[0], venue.settle_digits),
    coins: scale(a.balances[1], venue.coin.digits),
    positions: a.positions.map(([market, size, cost, buys, sells, buyCost, sellCost]) => {
      const m = venue.markets[market];
      const digits = m.price_digits + m.size_digits;
      return {
        market: markets[market],
        size: scale(size, m.size_digits),
        cost: scale(cost, digits),
        buys: scale(buys, m.size_digits),
        sells: scale(sells, m.size_digits),
        buyCost: scale(buyCost, digits),
        sellCost: scale(sellCost, digits),
      };
    }),
  }));
  return { accounts: prepared, ask: (account) => health(account, coin, profit) };
}

function margin(rows, notional) {
  let i = 0;
  while (i + 1 < rows.length && rows[i + 1].edge < notional) i++;
  return notional * rows[i].rate - rows[i].saved;
}

function health(account, coin, profit) {
  let collateral = account.dollars;
  let requirement = 0;
  let orderLoss = 0;
  for (const p of account.positions) {
    const { mark, rows } = p.market;
    const pnl = mark * p.size - p.cost;
    collateral += pnl > 0 ? pnl * profit : pnl;
    const withBuys = margin(rows, Math.abs(mark * (p.size + p.buys)));
    const withSells = margin(rows, Math.abs(mark * (p.size - p.sells)));
    const lossBuys = Math.max(0, p.buyCost - mark * p.buys);
    const lossSells = Math.max(0, mark * p.sells - p.sellCost);
    // Orders rest on both sides of every position here: the larger margin, and what both sides lose.
    requirement += Math.max(withBuys, withSells);
    orderLoss += lossBuys + lossSells;
  }
  collateral += account.coins * coin.price * coin.weight;
  return [collateral, requirement, orderLoss];
}

export const shown = (answer, venue) => answer.map((x) => x * 10 ** venue.settle_digits);
