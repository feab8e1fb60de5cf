// A program that keeps records, and remembers what it was told is on the disk.
#pragma once

#include "journal/memory_files.hpp"
#include "plimsoll/journal/journal.hpp"

namespace plimsoll::journal {

inline const std::string folder = "venue";

inline std::vector<std::uint8_t> payload_of(std::uint64_t number) {
    Random random(number * 7919 + 1);
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(random.between(number % 5 == 0 ? 0 : 20, 120)));
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random.between(0, 255));
    return bytes;
}

struct Script {
    std::uint64_t records = 200;
    std::uint64_t batch = 4;
    bool overlapped = false;  // the next batch is written while the disk is waited for
    Options options{4096};
    std::uint64_t acknowledged = 0;  // the last record that commit() promised
    std::optional<Error> error;

    /// Goes on after what is there, up to `records`. What is read back is held to be what was written.
    void run(MemoryFiles& disk) {
        error.reset();
        std::uint64_t wrong = 0;
        auto journal = Journal::open(disk, folder, options, [&](const Record& record) -> std::optional<Error> {
            const auto expected = payload_of(record.number);
            if (!std::equal(expected.begin(), expected.end(), record.payload.begin(), record.payload.end())) ++wrong;
            return std::nullopt;
        });
        if (wrong != 0) throw std::runtime_error(std::to_string(wrong) + " records are not what was written");
        if (!journal) {
            error = journal.error();
            return;
        }
        if (journal->last() < acknowledged) throw std::runtime_error("an acknowledged record is gone");
        acknowledged = journal->last();
        while (journal->last() < records) {
            if (const auto fault = overlapped ? two_batches(*journal, disk) : one_batch(*journal)) return stop(*journal, *fault);
        }
    }

private:
    std::optional<Error> append(Journal& journal) const {
        for (std::uint64_t i = 0; i < batch && journal.last() < records; ++i)
            if (const auto number = journal.append(payload_of(journal.last() + 1)); !number) return number.error();
        return std::nullopt;
    }
    std::optional<Error> one_batch(Journal& journal) {
        if (auto fault = append(journal)) return fault;
        const auto done = journal.commit();
        if (!done) return done.error();
        acknowledged = *done;
        return std::nullopt;
    }
    std::optional<Error> two_batches(Journal& journal, MemoryFiles& disk) {
        if (auto fault = append(journal)) return fault;
        auto first = journal.hand_over();
        if (!first) return first.error();
        std::optional<Error> fault;
        std::optional<Unsynced> second;
        disk.during_sync = [&] {
            disk.during_sync = {};
            fault = append(journal);
            if (fault) return;
            if (auto written = journal.hand_over()) second = *written;
            else fault = written.error();
        };
        const auto waited = first->wait();
        disk.during_sync = {};
        if (fault) return fault;
        if (const auto done = journal.confirm(*first, waited)) acknowledged = *done;
        else return done.error();
        if (!second) return std::nullopt;
        if (const auto done = journal.confirm(*second, second->wait())) acknowledged = *done;
        else return done.error();
        return std::nullopt;
    }
    /// After a fault the journal takes nothing more, and says why each time.
    void stop(Journal& journal, const Error& first) {
        error = first;
        const std::uint64_t before = journal.committed();
        const auto appended = journal.append(payload_of(1));
        const auto committed = journal.commit();
        if (appended || committed || !(appended.error() == first) || !(committed.error() == first) || journal.committed() != before)
            throw std::runtime_error("a journal went on after a fault");
        acknowledged = std::max(acknowledged, before);
    }
};

}  // namespace plimsoll::journal
