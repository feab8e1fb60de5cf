#include "scenario/session.hpp"

#include "plimsoll/codec/event_text.hpp"
#include "plimsoll/engine/hash.hpp"
#include "plimsoll/formats/params_toml.hpp"
#include "plimsoll/text/source.hpp"
#include "scenario/setup.hpp"

namespace plimsoll::scenario {

namespace {

/// Small enough that an engine is made in no time, and large enough for any story.
Limits story_limits() {
    Limits limits;
    limits.accounts = 64;
    limits.groups = 16;
    limits.positions_per_account = 16;
    limits.orders = 256;
    limits.isolated = 64;
    limits.overrides = 64;
    limits.deposits = 64;
    limits.breaches = 64;
    limits.replies = 1024;
    return limits;
}

constexpr std::uint64_t first_ms = 1'000'000'000;

}  // namespace

Session::Session() : draft_(plain_set()), limits_(story_limits()), now_ms_(first_ms) {}

const std::map<std::string_view, Session::Verb>& Session::verbs() {
    static const std::map<std::string_view, Verb> all{
        {"set", &Session::set_file},
        {"asset", &Session::asset},
        {"market", &Session::market},
        {"venue", &Session::venue},
        {"limits", &Session::limits},
        {"account", &Session::account},
        {"define", &Session::define},
        {"activate", &Session::activate},
        {"deposit", &Session::deposit},
        {"confirm", &Session::confirm},
        {"drop", &Session::drop},
        {"withdraw", &Session::withdraw},
        {"transfer", &Session::transfer},
        {"margin", &Session::margin},
        {"mode", &Session::mode},
        {"leverage", &Session::leverage},
        {"override", &Session::override_terms},
        {"group", &Session::group},
        {"order", &Session::order},
        {"amend", &Session::amend},
        {"cancel", &Session::cancel},
        {"fill", &Session::fill},
        {"trade", &Session::trade},
        {"take", &Session::take},
        {"close-all", &Session::close_all},
        {"mark", &Session::mark},
        {"index", &Session::index},
        {"risk", &Session::risk},
        {"funding", &Session::funding},
        {"halt", &Session::halt},
        {"resume", &Session::resume},
        {"tick", &Session::tick},
        {"fund", &Session::fund},
        {"fees", &Session::fees},
        {"backstop", &Session::backstop},
        {"deleverage", &Session::deleverage},
        {"delist", &Session::delist},
        {"settle", &Session::settle},
        {"show", &Session::show},
        {"check", &Session::check},
        {"wait", &Session::wait},
    };
    return all;
}

std::vector<std::string_view> Session::verb_names() {
    std::vector<std::string_view> names;
    for (const auto& [name, run] : verbs()) names.push_back(name);
    return names;
}

void Session::run(std::string_view text) {
    Line line(text);
    if (line.empty()) return;
    quiet_ = line.take_if("given");
    if (const auto delay = line.take_delay()) now_ms_ += *delay;
    const std::string verb = line.take("a verb");
    const auto found = verbs().find(verb);
    if (found == verbs().end()) {
        unknown(verb, "verb", verb_names());
    }
    (this->*found->second)(line);
    line.end();
}

// ---- the engine ----------------------------------------------------------------------------------------------------

Digest Session::define_draft() {
    auto set = std::make_shared<const ParameterSet>(draft_);
    const Digest hash = digest_of(canonical_bytes(*set));
    if (has_errors(validate(*set)))
        for (const Finding& finding : validate(*set))
            if (finding.severity == Severity::error) throw Mistake{"the parameter set has an error: " + to_string(finding)};
    must(command::DefineSet{std::move(set)}, "the parameter set");
    draft_is_new_ = false;
    ++draft_.version;
    return hash;
}

/// The first line that needs an engine ends the setting up of the venue.
void Session::start() {
    if (engine_) return;
    engine_ = std::make_unique<Engine>(limits_);
    names_ = std::make_unique<codec::Names>(limits_);
    const Digest hash = define_draft();
    must(command::ActivateSet{hash}, "the parameter set");
}

/// A command that has to be accepted, and prints nothing.
void Session::must(CommandBody body, std::string_view what) {
    const bool quiet = std::exchange(quiet_, true);
    execute(std::move(body));
    quiet_ = quiet;
    (void)what;
}

Reply Session::execute(CommandBody body) {
    const State& state = engine_->state();
    const codec::Where where = std::visit([&](const auto& b) { return codec::where_of(state, b); }, body);
    const Hash128 before = state_hash(state);
    log_.push_back({CommandId{0, log_.size() + 1}, now_ms_, std::move(body)});
    const Reply reply = engine_->execute(log_.back());
    if (const std::string fault = check_invariants(state); !fault.empty()) throw Mistake{"a law of the engine is broken: " + fault};
    if (reply.accepted()) {
        for (const Event& event : engine_->events()) names_->follow(event);
        print_events();
        return reply;
    }
    if (state_hash(state) != before) throw Mistake{"a refused command changed the state"};
    if (!engine_->events().empty()) throw Mistake{"a refused command made events"};
    const std::vector<std::string> lines = codec::reject_text(state, *names_, reply.reject, where);
    if (quiet_) {
        std::string all;
        for (const std::string& l : lines) all += '\n' + l;
        throw Mistake{"this was to be accepted:" + all};
    }
    output_.insert(output_.end(), lines.begin(), lines.end());
    return reply;
}

void Session::print_events() {
    if (quiet_) return;
    for (const Event& event : engine_->events()) say(codec::event_text(engine_->state(), *names_, event));
}

void Session::check_replay() const {
    if (!engine_) return;
    Engine again(limits_);
    for (const Command& command : log_) again.execute(command);
    if (again.chain() != engine_->chain()) throw Mistake{"the same commands made other events in a second engine"};
    if (state_hash(again.state()) != state_hash(engine_->state())) throw Mistake{"the same commands led a second engine to another state"};
    for (const Command& command : log_) {
        if (!again.execute(command).repeated) throw Mistake{"a command that was sent twice was decided twice"};
    }
    if (state_hash(again.state()) != state_hash(engine_->state())) throw Mistake{"a command that was sent twice changed the state"};
}

// ---- words to ids and figures ----------------------------------------------------------------------------------------

AccountId Session::account_of(const std::string& name) const {
    if (const auto found = names_->account(name)) return *found;
    std::vector<std::string_view> known;
    for (const auto& [known_name, id] : names_->accounts()) known.push_back(known_name);
    unknown(name, "account", known);
}
MarketId Session::market_of(const std::string& name) const {
    if (const auto found = params().market_id(name)) return *found;
    if (const auto number = codec::number_of(name)) return MarketId{static_cast<std::uint32_t>(*number)};
    std::vector<std::string_view> known;
    for (const MarketParams& market : params().markets) known.push_back(market.name);
    unknown(name, "market", known);
}
AssetId Session::asset_of(const std::string& name) const {
    if (const auto found = params().asset_id(name)) return *found;
    std::vector<std::string_view> known;
    for (const Asset& asset : params().assets) known.push_back(asset.name);
    unknown(name, "asset", known);
}
OrderId Session::order_of(const std::string& name) const {
    if (const auto found = names_->order(name)) return *found;
    throw Mistake{"'" + name + "' is no order; the first order of alice is alice#1, unless it was placed `as` another name"};
}
AssetId Session::asset_or_numeraire(Line& line) const { return line.empty() ? params().numeraire : asset_of(line.take("an asset")); }
Amount Session::amount_of(AssetId asset, const std::string& text) const {
    return Amount::from_raw(decimal(text, params().asset(asset).digits, "amount"));
}
const MarketParams& Session::params_of(MarketId market) const {
    // The engine refuses a market that does not exist; its figures are read as if it were the first.
    return params().market(market.index < params().markets.size() ? market : MarketId{0});
}
Price Session::price_of(MarketId market, const std::string& text) const {
    return Price::from_raw(decimal(text, params_of(market).instrument.price_digits, "price"));
}
Size Session::size_of(MarketId market, const std::string& text) const {
    return Size::from_raw(decimal(text, params_of(market).instrument.size_digits, "size"));
}
Leg Session::leg_of(Line& line) const {
    if (line.take_if("long")) return Leg::long_leg;
    if (line.take_if("short")) return Leg::short_leg;
    return Leg::net;
}
MarketId Session::market_of_order(OrderId id) const {
    const Order* order = engine_->state().orders.find(id);
    return order == nullptr ? MarketId{0} : order->market;  // unknown: the figures do not matter, the engine refuses
}

// ---- setting up ------------------------------------------------------------------------------------------------------

void Session::set_file(Line& line) {
    const std::string path = line.take("a parameter file");
    const auto source = text::read_file(std::string(PLIM_SOURCE_DIR) + "/" + path);
    if (!source) throw Mistake{to_string(source.error())};
    auto set = formats::read_parameter_set(*source, path);
    if (!set) throw Mistake{to_string(set.error().front())};
    draft_ = std::move(*set);
    draft_.overrides.clear();  // they name accounts that do not exist yet; `override` sets them
}
void Session::asset(Line& line) { setup_asset(draft_, line), draft_is_new_ = true; }
void Session::market(Line& line) { setup_market(draft_, line), draft_is_new_ = true; }
void Session::venue(Line& line) { setup_venue(draft_, line), draft_is_new_ = true; }
void Session::limits(Line& line) {
    if (engine_) throw Mistake{"limits stand before everything else: the engine is running"};
    setup_limits(limits_, line);
}

void Session::account(Line& line) {
    start();
    const std::string name = line.take("a name");
    const auto group = line.take_key("group");
    std::vector<std::pair<std::string, std::string>> deposits = line.take_keys();
    if (!line.empty()) deposits.emplace_back("collateral", line.take("an amount"));
    const AccountId id{static_cast<std::uint32_t>(engine_->state().accounts.size())};
    if (const std::string fault = names_->name_account(id, name); !fault.empty()) throw Mistake{"'" + name + "': " + fault};
    must(command::OpenAccount{group ? GroupId{whole(*group, "group")} : no_group}, "the account");
    for (const auto& [asset_name, amount] : deposits) {
        const AssetId asset = asset_name == "collateral" ? params().numeraire : asset_of(asset_name);
        must(command::Deposit{id, asset, amount_of(asset, amount)}, "the deposit");
        if (const std::uint32_t confirmations = params().asset(asset).confirmations; confirmations != 0)
            must(command::ConfirmDeposit{std::get<event::DepositPending>(engine_->events().front()).deposit, confirmations}, "the deposit");
    }
}

void Session::define(Line& line) {
    start();
    const std::string name = line.take("a name for the set");
    if (!draft_is_new_) throw Mistake{"nothing was changed since the last set was defined"};
    auto set = std::make_shared<const ParameterSet>(draft_);
    defined_[name] = digest_of(canonical_bytes(*set));
    ++draft_.version;
    draft_is_new_ = false;
    execute(command::DefineSet{std::move(set)});
}
void Session::activate(Line& line) {
    start();
    const std::string name = line.take("the name of a defined set");
    const auto found = defined_.find(name);
    if (found == defined_.end()) throw Mistake{"no set was defined as '" + name + "'"};
    execute(command::ActivateSet{found->second});
}

// ---- looking ---------------------------------------------------------------------------------------------------------

void Session::show(Line& line) {
    start();
    while (!line.empty()) {
        const std::string name = line.take("an account, a market or `venue`");
        const State& state = engine_->state();
        const auto market = params().market_id(name);
        const auto lines = name == "venue" ? codec::venue_text(state, *names_)
                           : market        ? codec::market_text(state, *names_, *market)
                                           : codec::account_text(state, *names_, account_of(name));
        output_.insert(output_.end(), lines.begin(), lines.end());
    }
}

void Session::check(Line&) {
    start();
    const std::string fault = check_invariants(engine_->state());
    say(fault.empty() ? "every law holds" : fault);
}

void Session::wait(Line& line) {
    start();
    now_ms_ += duration(line.take("a duration"), "wait");
}

}  // namespace plimsoll::scenario
