// How much of the disk and of the engine is left when every command is on the disk before it is told: a node, as the service has it, against the
// engine alone and against bare syncs of as many bytes, turn by turn. And a replay against that.
#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/journal/file_system.hpp"
#include "plimsoll/node/core.hpp"
#include "plimsoll/text/source.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace {

using namespace plimsoll;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t accounts = 2'000;
constexpr std::size_t per_batch_size = 150;  // rounds
constexpr std::size_t in_a_row = 8;  // batches of a round
constexpr std::size_t commits_in_a_row = 400;  // of single commands
const Limits limits{.accounts = accounts, .orders = 10'000};

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "durable: %s\n", why.c_str());
    std::exit(1);
}

/// Accounts with money, and a price.
std::vector<Command> beginning() {
    const auto text = text::read_file(PLIM_SOURCE_DIR "/params/venues/binance.toml");
    if (!text) give_up(to_string(text.error()));
    const auto set = std::make_shared<const ParameterSet>(*formats::read_parameter_set(*text, "binance.toml"));
    std::vector<Command> commands = {{{}, 1, command::DefineSet{set}}, {{}, 1, command::ActivateSet{digest_of(canonical_bytes(*set))}}};
    for (std::uint32_t i = 0; i < accounts; ++i) {
        commands.push_back({{}, 1, command::OpenAccount{}});
        commands.push_back({{}, 1, command::Deposit{{i}, {0}, Amount::from_raw(1'000'000 * pow10_64(set->assets[0].digits))}});
    }
    commands.push_back({{},
                        1,
                        command::MarkPrices{{{MarketId{0}, Price::from_raw(6'000'000)}},
                                            {{AssetId{0}, Price::from_raw(pow10_64(set->assets[0].price_digits))}}}});
    return commands;
}

/// The next of a stream in which orders come and go: each is placed by one account after the other and taken away by the next command.
class Stream {
public:
    Command next() {
        const std::uint64_t n = ++count_;
        const CommandId id{1, n};
        if (n % 2 == 0) return {id, 2, command::CancelOrder{account_of(n - 1), last_}};
        command::PlaceOrder order;
        order.account = account_of(n);
        order.size = Size::from_raw(1'000);
        order.limit = Price::from_raw(5'900'000);
        return {id, 2, order};
    }
    static AccountId account_of(std::uint64_t n) { return {static_cast<std::uint32_t>(n * 7919 % accounts)}; }
    void made(std::uint64_t order) {
        if (order != 0) last_ = OrderId{order};
    }

private:
    std::uint64_t count_ = 0;
    OrderId last_;
};

struct Times {
    std::vector<double> engine, sync, venue;
    std::uint64_t bytes = 0;
};

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

class Bench {
public:
    explicit Bench(const std::string& folder) : folder_(folder), engine_(std::make_unique<Engine>(limits)) {
        node::VenueOptions options;
        options.limits = limits;
        auto venue = node::Venue::open(journal::real_files(), folder + "/venue", options);
        if (!venue) give_up(to_string(venue.error()));
        for (const Command& command : beginning()) {
            if (!engine_->execute(command).accepted() || !venue->execute(command)->accepted()) give_up("the beginning is refused");
        }
        core_ = std::make_unique<node::Core>(std::move(*venue), node::CoreOptions{.batch_most = 1},
                                             node::CoreEvents{[](const Error& error) { give_up(to_string(error)); }, {}, {}, {}});
        auto file = journal::real_files().open(folder + "/syncs", journal::Access::create);
        if (!file) give_up("no room");
        file_ = std::move(*file);
        file_->allocate(std::uint64_t{256} << 20);
    }

    Times run(std::size_t batch) {
        Times times;
        for (std::size_t round = 0; round < per_batch_size; ++round) {
            const std::uint64_t bytes = batch * command_bytes;
            times.venue.push_back(durable(batch));
            times.bytes += bytes;
            times.engine.push_back(alone(batch));
            times.sync.push_back(sync(bytes));
        }
        return times;
    }
    /// Commands a second of a replay of all that was written.
    double replay() {
        core_.reset();  // writes a snapshot
        recover();
        const auto begin = Clock::now();
        node::Replay replay;
        const auto found =
            journal::read_journal(journal::real_files(), folder_ + "/venue", [&](const journal::Record& r) { return replay.take(r); });
        if (!found) give_up(to_string(found.error()));
        return static_cast<double>(replay.engine().seq()) / seconds_since(begin);
    }

private:
    /// What a start takes that has a snapshot: every byte of the journal is checked all the same.
    void recover() const {
        const auto begin = Clock::now();
        const auto venue = node::Venue::open(journal::real_files(), folder_ + "/venue", {});
        if (!venue) give_up(to_string(venue.error()));
        std::printf("a start with a snapshot: %.2f s for a journal of %llu commands, %llu decided anew\n", seconds_since(begin),
                    static_cast<unsigned long long>(venue->engine().seq()), static_cast<unsigned long long>(venue->recovered()));
    }
    static constexpr std::uint64_t command_bytes = 110;  // of a record of this stream, nearly

    /// Seconds of one batch, of several that are handed in so that one always waits, as senders do who do not wait for the answer to one batch before
    /// they send the next.
    double durable(std::size_t batch) {
        const auto begin = Clock::now();
        for (std::size_t i = 0; i < in_a_row; ++i) core_->submit(node::Lane::ordinary, work(batch));
        std::unique_lock lock(mutex_);
        told_.wait(lock, [this] { return answers_ == in_a_row; });
        answers_ = 0;
        return seconds_since(begin) / static_cast<double>(in_a_row);
    }
    node::Work work(std::size_t batch) {
        return {[this, batch](node::Venue& venue) -> Result<node::Answer> {
                    for (std::size_t i = 0; i < batch; ++i) {
                        const auto reply = venue.execute(of_venue_.next());
                        if (!reply || !reply->accepted()) give_up("a command of the stream is refused");
                        of_venue_.made(reply->made);
                    }
                    return node::Answer{};
                },
                [this](const node::Answer&) {
                    const std::lock_guard lock(mutex_);
                    if (++answers_ == in_a_row) told_.notify_one();
                }};
    }
    double alone(std::size_t batch) {
        const auto begin = Clock::now();
        for (std::size_t i = 0; i < batch; ++i) {
            const Reply reply = engine_->execute(of_engine_.next());
            of_engine_.made(reply.made);
        }
        return seconds_since(begin);
    }
    double sync(std::uint64_t bytes) {
        const std::vector<std::uint8_t> zeros(bytes, 0x5a);
        const auto begin = Clock::now();
        if (journal::write_fully(*file_, at_, zeros) != 0 || file_->sync() != 0) give_up("the disk fails");
        at_ = (at_ + bytes) % (std::uint64_t{200} << 20);
        return seconds_since(begin);
    }

    std::string folder_;
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<node::Core> core_;
    std::unique_ptr<journal::File> file_;
    std::mutex mutex_;
    std::condition_variable told_;
    std::size_t answers_ = 0;
    Stream of_engine_, of_venue_;
    std::uint64_t at_ = 0;
};

double quantile(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

/// Seconds from handing in one command to its answer, one after the other.
std::vector<double> commits(node::Core& core, std::size_t count) {
    std::vector<double> times;
    std::mutex mutex;
    std::condition_variable told;
    for (std::size_t i = 0; i < count; ++i) {
        bool answered = false;
        double took = 0;
        const auto begin = Clock::now();
        core.submit(node::Lane::ordinary, {[](node::Venue& venue) -> Result<node::Answer> {
                                               const auto reply = venue.execute({{}, 2, command::Tick{}});
                                               return reply ? Result<node::Answer>(node::Answer{}) : fail(reply.error());
                                           },
                                           [&](const node::Answer&) {
                                               // Taken on the venue's thread: how long this one waits to be woken is not the commit's.
                                               const std::lock_guard lock(mutex);
                                               took = seconds_since(begin);
                                               answered = true;
                                               told.notify_one();
                                           }});
        std::unique_lock lock(mutex);
        told.wait(lock, [&] { return answered; });
        times.push_back(took);
    }
    return times;
}

/// Seconds of a write and a sync on a thread that does nothing else: what the machine leaves to any program of that kind.
std::vector<double> bare_syncs(journal::File& file, bool real_time, std::size_t count) {
    std::vector<double> times;
    std::thread([&] {
        if (real_time) node::ask_for_real_time();
        const std::vector<std::uint8_t> bytes(journal::sector_bytes, 0x5a);
        for (std::size_t i = 0; i < count; ++i) {
            const auto begin = Clock::now();
            if (journal::write_fully(file, i * bytes.size(), bytes) != 0 || file.sync() != 0) give_up("the disk fails");
            times.push_back(seconds_since(begin));
        }
    }).join();
    return times;
}

/// The tail of a commit on a quiet machine, and beside two programs that never rest.
void tails(const std::string& folder, bool real_time) {
    node::VenueOptions options;
    options.limits = limits;
    auto venue = node::Venue::open(journal::real_files(), folder, options);
    if (!venue) give_up(to_string(venue.error()));
    for (const Command& command : beginning()) venue->execute(command);
    node::CoreOptions core_options;
    core_options.real_time = real_time;
    node::Core core(std::move(*venue), core_options, node::CoreEvents{[](const Error& error) { give_up(to_string(error)); }, {}, {}, {}});
    auto file = journal::real_files().open(folder + "/syncs", journal::Access::create);
    if (!file || (*file)->allocate(commits_in_a_row * journal::sector_bytes) != 0) give_up("no room");
    std::vector<double> quiet, busy, bare_quiet, bare_busy;
    const auto measure = [&](std::vector<double>& of_core, std::vector<double>& bare) {
        for (const double time : commits(core, commits_in_a_row)) of_core.push_back(time);
        for (const double time : bare_syncs(**file, real_time, commits_in_a_row)) bare.push_back(time);
    };
    for (int round = 0; round < 5; ++round) {
        measure(quiet, bare_quiet);
        std::atomic<bool> rest{false};
        std::vector<std::thread> neighbours;
        for (int i = 0; i < 2; ++i)
            neighbours.emplace_back([&] {
                while (!rest.load(std::memory_order_relaxed)) {}
            });
        measure(busy, bare_busy);
        rest = true;
        for (std::thread& neighbour : neighbours) neighbour.join();
    }
    const bool allowed = core.real_time() == 0;
    std::printf("one command, %s: p50 %.0f us, p99 %.0f us; beside two busy neighbours p50 %.0f us, p99 %.0f us: %.1f times%s\n",
                !real_time ? "ordinary threads"
                : allowed  ? "real-time threads"
                           : "real-time refused",
                1e6 * quantile(quiet, 0.5), 1e6 * quantile(quiet, 0.99), 1e6 * quantile(busy, 0.5), 1e6 * quantile(busy, 0.99),
                quantile(busy, 0.99) / quantile(quiet, 0.99), real_time && allowed ? "  bar 3" : "");
    std::printf("    a bare thread of that kind that writes and syncs: p99 %.0f us; beside them %.0f us: %.1f times\n",
                1e6 * quantile(bare_quiet, 0.99), 1e6 * quantile(bare_busy, 0.99), quantile(bare_busy, 0.99) / quantile(bare_quiet, 0.99));
}

}  // namespace

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : "durable-bench";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    Bench bench(folder);
    double best = 0;
    for (const std::size_t batch : {std::size_t{512}, std::size_t{8'192}}) {
        const Times times = bench.run(batch);
        const double venue = static_cast<double>(batch) / median(times.venue);
        const double engine = static_cast<double>(batch) / median(times.engine);
        const double sync = static_cast<double>(batch) / median(times.sync);
        best = std::max(best, venue);
        std::printf("batch %5zu: durable %8.0f/s, engine alone %8.0f/s, syncs alone %8.0f/s; of the slower one %.2f (bar 0.70), of both in "
                    "turn %.2f\n",
                    batch, venue, engine, sync, venue / std::min(engine, sync), venue * (1 / engine + 1 / sync));
    }
    const double replayed = bench.replay();
    std::printf("replay %.0f/s, %.1f times the durable rate\n", replayed, replayed / best);
    tails(folder + "/ordinary", false);
    tails(folder + "/real-time", true);
    std::filesystem::remove_all(folder);
    return 0;
}
