// Paths of prices: most days nothing happens, and then everything does.
#pragma once

#include "plimsoll/base/random.hpp"

#include <cstdint>
#include <vector>

namespace plimsoll::simulation {

/// What a run has in store. Drawn from the seed.
enum class Weather : std::uint8_t { calm, crash_of_one, crash_of_all, squeeze, to_nothing, silence, whipsaw };
inline constexpr int weathers_count = 7;

/// One price each for the markets and the assets, in whole units of the numeraire, as thousandths.
class Prices {
public:
    Prices(Random& random, Weather weather, std::size_t markets, std::size_t assets, int steps)
        : random_(random), weather_(weather), shock_at_(steps * 2 / 5 + static_cast<int>(random.between(0, steps / 5))) {
        for (std::size_t i = 0; i < markets; ++i) markets_.push_back(random.between(20, 4'000) * 1'000);
        for (std::size_t i = 0; i < assets; ++i) assets_.push_back(random.between(1, 2'000) * 1'000);
        struck_ = static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(markets) - 1));
    }

    void step(int at) {
        for (std::int64_t& price : markets_) price = moved(price, random_.between(-6, 6));
        for (std::int64_t& price : assets_) price = moved(price, random_.between(-3, 3));
        if (at >= shock_at_ && at < shock_at_ + 8) strike(at - shock_at_);
    }
    /// Whether the feed of a market says anything at this step.
    bool speaks(int at, std::size_t market) {
        const bool dead = weather_ == Weather::silence && market == struck_ && at >= shock_at_ && at < shock_at_ * 3 / 2;
        return !dead && random_.between(1, 12) != 1;
    }
    void come_back() { weather_ = Weather::calm; }
    void add_market() { markets_.push_back(random_.between(20, 4'000) * 1'000); }
    std::int64_t market(std::size_t i) const { return markets_[i]; }
    std::int64_t asset(std::size_t i) const { return assets_[i]; }

private:
    static std::int64_t moved(std::int64_t price, std::int64_t thousandths) {
        const std::int64_t next = price + price * thousandths / 1000;
        return next < 0 ? 0 : next > 400'000'000 ? 400'000'000 : next;
    }
    void strike(int since) {
        for (std::size_t i = 0; i < markets_.size(); ++i) {
            const bool hit = i == struck_ || weather_ == Weather::crash_of_all || weather_ == Weather::whipsaw;
            if (!hit) continue;
            switch (weather_) {
                case Weather::crash_of_one:
                case Weather::crash_of_all: markets_[i] = moved(markets_[i], -random_.between(20, 160)); break;
                case Weather::squeeze: markets_[i] = moved(markets_[i], random_.between(40, 300)); break;
                case Weather::to_nothing: markets_[i] = since == 7 ? 0 : moved(markets_[i], -random_.between(200, 700)); break;
                case Weather::whipsaw:
                    markets_[i] = moved(markets_[i], since % 2 == 0 ? -random_.between(80, 250) : random_.between(80, 350));
                    break;
                case Weather::calm:
                case Weather::silence: break;
            }
        }
        if (weather_ == Weather::crash_of_all)
            for (std::int64_t& price : assets_) price = moved(price, -random_.between(10, 120));
    }

    Random& random_;
    Weather weather_;
    int shock_at_;
    std::size_t struck_ = 0;
    std::vector<std::int64_t> markets_;
    std::vector<std::int64_t> assets_;
};

}  // namespace plimsoll::simulation
