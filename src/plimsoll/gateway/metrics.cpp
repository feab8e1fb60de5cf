#include "plimsoll/gateway/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace plimsoll::gateway {

namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Family;
using prometheus::Gauge;

const prometheus::Histogram::BucketBoundaries sync_seconds = {0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002,
                                                              0.005,   0.01,   0.02,   0.05,   0.1,   1};
const prometheus::Histogram::BucketBoundaries batch_commands = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 8192};

double units(Wide amount, int digits) { return static_cast<double>(amount) / std::pow(10.0, digits); }

}  // namespace

struct Metrics::Inside {
    prometheus::Registry registry;
    Family<prometheus::Counter>& requests =
        BuildCounter().Name("plimsoll_http_requests_total").Help("Requests by the status of their answer.").Register(registry);
    prometheus::Counter& refused = BuildCounter()
                                       .Name("plimsoll_connections_refused_total")
                                       .Help("Connections closed because there were too many.")
                                       .Register(registry)
                                       .Add({});
    Gauge& connections = BuildGauge().Name("plimsoll_connections").Help("Open connections.").Register(registry).Add({});
    prometheus::Counter& commands =
        BuildCounter().Name("plimsoll_commands_total").Help("Commands that were decided, refused ones too.").Register(registry).Add({});
    prometheus::Histogram& sync = BuildHistogram()
                                      .Name("plimsoll_journal_fsync_duration_seconds")
                                      .Help("Time from the last decision of a batch until it is on the disk.")
                                      .Register(registry)
                                      .Add({}, sync_seconds);
    prometheus::Histogram& batch = BuildHistogram()
                                       .Name("plimsoll_journal_batch_commands")
                                       .Help("Commands that shared a sync.")
                                       .Register(registry)
                                       .Add({}, batch_commands);
    Gauge& waiting =
        BuildGauge().Name("plimsoll_queue_waiting").Help("Pieces of work that wait for the venue's thread.").Register(registry).Add({});
    Gauge& seq = BuildGauge().Name("plimsoll_seq").Help("Number of the latest command.").Register(registry).Add({});
    Gauge& accounts = BuildGauge().Name("plimsoll_accounts").Help("Accounts.").Register(registry).Add({});
    Gauge& orders = BuildGauge().Name("plimsoll_orders").Help("Resting orders.").Register(registry).Add({});
    Gauge& breaches = BuildGauge()
                          .Name("plimsoll_accounts_below_maintenance")
                          .Help("Accounts and isolated positions below maintenance or in liquidation.")
                          .Register(registry)
                          .Add({});
    Family<Gauge>& fund =
        BuildGauge().Name("plimsoll_insurance_fund_amount").Help("Insurance fund, in units of the asset.").Register(registry);
    Family<Gauge>& debt =
        BuildGauge().Name("plimsoll_bad_debt_amount").Help("Losses that nobody could bear, in units of the asset.").Register(registry);
    Family<Gauge>& interest =
        BuildGauge().Name("plimsoll_open_interest_size").Help("Open interest by side, in units of size.").Register(registry);
    Family<Gauge>& age =
        BuildGauge().Name("plimsoll_price_age_seconds").Help("Since the last mark came; absent before the first.").Register(registry);
    Family<Gauge>& guard = BuildGauge().Name("plimsoll_market_guard").Help("0 normal, 1 clamped, 2 stale, 3 halted.").Register(registry);
    Family<Gauge>& set =
        BuildGauge().Name("plimsoll_parameter_set_version").Help("Version of the parameter set in force.").Register(registry);

    Inside() { BuildGauge().Name("plimsoll_build_info").Help("Always 1.").Register(registry).Add({{"version", PLIM_VERSION}}).Set(1); }

    /// Looked up once for each status: the family takes a lock and a map.
    prometheus::Counter& counter(int status) {
        const auto place = static_cast<std::size_t>(std::clamp(status, 0, 599));
        if (by_status[place] == nullptr) by_status[place] = &requests.Add({{"status", std::to_string(status)}});
        return *by_status[place];
    }
    std::array<prometheus::Counter*, 600> by_status{};  // of the thread that answers

    void market(const State& state, std::uint32_t index, std::uint64_t now_ms) {
        const MarketParams& params = state.active->params().markets[index];
        const MarketRecord& record = state.markets[index];
        const auto size = [&](Size s) { return units(s.raw(), params.instrument.size_digits); };
        interest.Add({{"market", params.name}, {"side", "long"}}).Set(size(record.open_interest_long));
        interest.Add({{"market", params.name}, {"side", "short"}}).Set(size(record.open_interest_short));
        guard.Add({{"market", params.name}}).Set(static_cast<double>(record.guard.state));
        const std::uint64_t marked = record.guard.reported_ms;
        if (record.guard.reported_set)
            age.Add({{"market", params.name}}).Set(now_ms > marked ? static_cast<double>(now_ms - marked) / 1000 : 0);
    }
    void venue(const State& state, std::uint64_t now_ms) {
        accounts.Set(static_cast<double>(state.accounts.size()));
        orders.Set(state.orders.size());
        breaches.Set(state.breaches.size());
        if (!state.active) return;
        const ParameterSet& params = state.active->params();
        set.Add({{"set", params.name}}).Set(params.version);
        for (std::uint32_t i = 0; i < params.markets.size(); ++i) market(state, i, now_ms);
        for (std::uint32_t i = 0; i < params.assets.size(); ++i) {
            fund.Add({{"asset", params.assets[i].name}}).Set(units(state.assets[i].fund.raw(), params.assets[i].digits));
            debt.Add({{"asset", params.assets[i].name}}).Set(units(state.assets[i].bad_debt.raw(), params.assets[i].digits));
        }
    }
};

Metrics::Metrics() : inside_(std::make_unique<Inside>()) {}
Metrics::~Metrics() = default;

void Metrics::answered(int status) { inside_->counter(status).Increment(); }
void Metrics::connected(int by) { inside_->connections.Increment(by); }
void Metrics::turned_away() { inside_->refused.Increment(); }
void Metrics::synced(double seconds, std::uint64_t commands) {
    inside_->commands.Increment(static_cast<double>(commands));
    inside_->sync.Observe(seconds);
    inside_->batch.Observe(static_cast<double>(commands));
}

std::string Metrics::text(const node::Venue& venue, std::size_t waiting, std::uint64_t now_ms) {
    inside_->waiting.Set(static_cast<double>(waiting));
    inside_->seq.Set(static_cast<double>(venue.engine().seq()));
    inside_->venue(venue.engine().state(), now_ms);
    return prometheus::TextSerializer().Serialize(inside_->registry.Collect());
}

}  // namespace plimsoll::gateway
