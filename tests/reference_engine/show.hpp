// Commands, events and rejects as text, for a disagreement that somebody has to read.
#pragma once

#include "plimsoll/engine/event.hpp"
#include "support/reference.hpp"

#include <sstream>
#include <string>

namespace plimsoll::reference {

class Show {
public:
    template <class T>
    Show& value(const T& v) {
        if constexpr (Described<T>) record(v);
        else if constexpr (std::is_enum_v<T>) out_ << static_cast<int>(v);
        else if constexpr (std::is_same_v<T, Wide>) out_ << plimsoll::testing::shown(v);
        else if constexpr (std::is_integral_v<T>) out_ << v;
        else special(v);
        return *this;
    }
    std::string text() const { return out_.str(); }

private:
    template <class T>
    void record(const T& v) {
        if constexpr (requires { T::name; }) out_ << T::name;
        out_ << '{';
        bool first = true;
        each_field(v, [&](const auto& f, const auto& member) {
            out_ << (first ? "" : " ") << f.name << '=';
            first = false;
            value(member);
        });
        out_ << '}';
    }
    template <class Tag>
    void special(const Count<Tag>& v) {
        out_ << v.raw();
    }
    template <class Tag>
    void special(const Id<Tag>& v) {
        out_ << static_cast<std::int64_t>(static_cast<std::int32_t>(v.index));
    }
    template <class Tag>
    void special(const SlotId<Tag>& v) {
        out_ << v.slot() << '.' << v.generation();
    }
    void special(const Digest& v) { out_ << static_cast<int>(v[0]) << '-' << static_cast<int>(v[1]); }
    void special(const LiquidationSubject& v) {
        value(v.account);
        out_ << '/';
        value(v.market);
        out_ << '/';
        value(v.leg);
    }
    void special(const Paced& v) { out_ << v.value << '@' << v.anchor << '@' << v.anchor_ms << (v.set ? "" : "!"); }
    void special(const Guard& g) {
        out_ << "[reported " << g.reported.raw() << '@' << g.reported_ms << " time " << g.time_ms << " index " << g.index.raw() << '@'
             << g.index_ms << " credit ";
        value(g.credit);
        out_ << " liquidation ";
        value(g.liquidation);
        out_ << " depth ";
        value(g.depth);
        out_ << " volume ";
        value(g.daily_volume);
        out_ << " volatility ";
        value(g.volatility);
        out_ << (g.halted ? " halted" : "") << " state " << static_cast<int>(g.state) << ']';
    }
    void special(const std::shared_ptr<const ParameterSet>& v) { out_ << (v ? v->name : "none"); }
    template <class T>
    void special(const std::vector<T>& v) {
        out_ << '(';
        for (const T& item : v) value(item), out_ << ' ';
        out_ << ')';
    }

    std::ostringstream out_;
};

inline std::string show(const Event& event) {
    return std::visit([](const auto& e) { return Show().value(e).text(); }, event);
}
inline std::string show(const Command& command) {
    return "time " + std::to_string(command.time_ms) + " " + std::visit([](const auto& c) { return Show().value(c).text(); }, command.body);
}
inline std::string show(const Reject& reject) { return std::string(to_string(reject.code)) + " " + Show().value(reject).text(); }

}  // namespace plimsoll::reference
