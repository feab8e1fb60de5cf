// What a study has finished, in a file, so that one that was broken off goes on where it was.
#pragma once

#include "plimsoll/base/hash.hpp"
#include "plimsoll/calibrate/kept.hpp"
#include "plimsoll/series/bars.hpp"
#include "plimsoll/text/hex.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace plimsoll::study {

inline std::string hash_of(const std::string& bytes) {
    const Hash128 hash = hash_bytes(bytes.data(), bytes.size());
    return text::hex(hash.high, hash.low);
}

/// Of every byte of a file: of this program, because another build may find something else, and of the data it reads.
inline std::string hash_of_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return hash_of(std::string(std::istreambuf_iterator<char>(in), {}));
}

/// Pieces of figures by index, of this program and these files alone. An empty name: nothing is kept.
class Pieces {
public:
    /// Errors  those of Kept::open().
    Result<void> open(const std::string& file, const std::vector<std::string>& reads) {
        std::string asked = "program=" + hash_of_file("/proc/self/exe");
        for (const std::string& path : reads) asked += " " + path.substr(path.rfind('/') + 1) + "=" + hash_of_file(path);
        return kept_.open(file, "study pieces", asked, [this](std::uint64_t index, const std::string& row) {
            std::istringstream in(row);
            std::string one;
            std::vector<double> figures;
            while (in >> one) figures.push_back(std::strtod(one.c_str(), nullptr));
            done_[index] = std::move(figures);
            return true;
        });
    }
    /// The piece as it was kept, or as `make` makes it now.
    template <class Make>
    std::vector<double> at(std::uint64_t index, const Make& make) {
        if (const auto found = done_.find(index); found != done_.end()) return found->second;
        std::vector<double> figures = make();
        std::string row;
        for (const double figure : figures) {
            char text[40];
            std::snprintf(text, sizeof text, "%.17g ", figure);
            row += text;
        }
        kept_.add(index, row);
        return figures;
    }

private:
    calibrate::Kept kept_;
    std::map<std::uint64_t, std::vector<double>> done_;
};

}  // namespace plimsoll::study
