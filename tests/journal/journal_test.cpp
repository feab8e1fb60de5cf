// The journal on a disk that fails in every way it can.
#include "journal/script.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace plimsoll::journal {
namespace {

using ::testing::HasSubstr;

std::string segment_path(std::uint64_t first) { return folder + "/" + segment_name(first); }
const std::string mark_path = folder + "/" + std::string(mark_name);

MemoryFiles written(const Script& script) {
    MemoryFiles disk;
    Script run = script;
    run.run(disk);
    EXPECT_FALSE(run.error) << to_string(*run.error);
    disk.killed();
    return disk;
}

Result<Found> read_all(MemoryFiles& disk, std::vector<std::vector<std::uint8_t>>* out = nullptr) {
    return read_journal(disk, folder, [&](const Record& record) -> std::optional<Error> {
        if (out != nullptr) out->emplace_back(record.payload.begin(), record.payload.end());
        return std::nullopt;
    });
}

void expect_whole(MemoryFiles& disk, std::uint64_t at_least) {
    std::vector<std::vector<std::uint8_t>> records;
    const auto found = read_all(disk, &records);
    ASSERT_TRUE(found) << to_string(found.error());
    EXPECT_GE(records.size(), at_least);
    for (std::size_t i = 0; i < records.size(); ++i) EXPECT_EQ(records[i], payload_of(i + 1)) << i + 1;
}

TEST(JRN_001, what_was_committed_is_read_back_over_segments_and_starts) {
    MemoryFiles disk;
    Script script;
    for (std::uint64_t records = 1; records < 400; records += 37) {
        script.records = records;
        script.run(disk);
        ASSERT_FALSE(script.error) << to_string(*script.error);
        EXPECT_EQ(script.acknowledged, records);
        disk.killed();
    }
    const auto found = read_all(disk);
    ASSERT_TRUE(found);
    EXPECT_GT(found->segments.size(), 5u);
    EXPECT_EQ(found->last, script.records);
    EXPECT_EQ(found->mark->number, script.records);
    EXPECT_EQ(found->torn, 0u);
    expect_whole(disk, script.records);
}

TEST(JRN_001, a_record_larger_than_a_segment_has_its_own_and_one_that_is_too_large_is_refused) {
    MemoryFiles disk;
    auto journal = Journal::open(disk, folder, {4096}, [](const Record&) { return std::nullopt; });
    ASSERT_TRUE(journal);
    const std::vector<std::uint8_t> large(10'000, 7);
    EXPECT_EQ(journal->append(large).value(), 1u);
    EXPECT_EQ(journal->append({}).value(), 2u);
    const auto refused = journal->append(std::vector<std::uint8_t>(record_most + 1));
    ASSERT_FALSE(refused);
    EXPECT_THAT(to_string(refused.error()), HasSubstr("too large"));
    EXPECT_EQ(journal->commit().value(), 2u);
    std::vector<std::vector<std::uint8_t>> records;
    ASSERT_TRUE(read_all(disk, &records));
    EXPECT_EQ(records, (std::vector<std::vector<std::uint8_t>>{large, {}}));
}

TEST(JRN_001, one_process_writes_a_journal) {
    MemoryFiles disk;
    const auto open = [&] { return Journal::open(disk, folder, {4096}, [](const Record&) { return std::nullopt; }); };
    {
        const auto first = open();
        ASSERT_TRUE(first);
        const auto second = open();
        ASSERT_FALSE(second);
        EXPECT_THAT(to_string(second.error()), HasSubstr("another process writes this journal"));
    }
    EXPECT_TRUE(open());
}

/// Whatever a flipped bit does, no record comes out changed, and what is missing is said.
void expect_flip_is_seen(MemoryFiles& disk, const std::vector<std::vector<std::uint8_t>>& records) {
    std::size_t count = 0;
    const auto found = read_journal(disk, folder, [&](const Record& record) -> std::optional<Error> {
        const auto& expected = records.at(count++);
        EXPECT_TRUE(std::equal(expected.begin(), expected.end(), record.payload.begin(), record.payload.end()));
        return std::nullopt;
    });
    if (!found) {
        EXPECT_THAT(found.error().where, HasSubstr(folder));
        return;
    }
    EXPECT_EQ(found->last, records.size());
    EXPECT_TRUE(found->torn != 0 || found->damaged_slots == 1);
}

TEST(JRN_002, every_flipped_bit_of_a_64_kib_journal_is_found) {
    Script script;
    script.records = 560;
    script.options.segment_bytes = 1 << 16;
    MemoryFiles disk = written(script);
    std::vector<std::vector<std::uint8_t>> records;
    ASSERT_TRUE(read_all(disk, &records));
    for (const std::string& path : {segment_path(1), mark_path}) {
        for (std::size_t at = 0; at < disk.bytes(path).size(); ++at) {
            for (int bit = 0; bit < 8; ++bit) {
                disk.bytes(path)[at] ^= static_cast<std::uint8_t>(1 << bit);
                expect_flip_is_seen(disk, records);
                disk.bytes(path)[at] ^= static_cast<std::uint8_t>(1 << bit);
            }
        }
        if (HasFailure()) return;
    }
    EXPECT_EQ(disk.bytes(segment_path(1)).size(), 1u << 16);
    expect_whole(disk, script.records);
}

TEST(JRN_002, damage_is_named_with_file_and_offset_and_a_cure) {
    MemoryFiles disk = written({});
    const auto found = read_all(disk);
    ASSERT_TRUE(found);
    const std::string path = segment_path(found->segments[1].first);
    const std::uint64_t number = found->segments[1].first;
    disk.bytes(path)[sector_bytes + batch_head_bytes + record_head_bytes + 3] ^= 1;
    const auto damaged = read_all(disk);
    ASSERT_FALSE(damaged);
    EXPECT_EQ(damaged.error().where, path + ", byte 576");
    EXPECT_EQ(damaged.error().what, "record " + std::to_string(number) + " is damaged");
    EXPECT_THAT(damaged.error().cure, HasSubstr("truncate --at " + std::to_string(number)));
}

TEST(JRN_002, sectors_that_change_places_or_come_from_before_are_found) {
    Script script;
    script.options.segment_bytes = 1 << 16;
    script.records = 500;
    MemoryFiles disk = written(script);
    const std::string path = segment_path(1);
    const MemoryFiles::Bytes good = disk.bytes(path);
    Random random(11);
    for (int i = 0; i < 5'000; ++i) {
        const auto from = static_cast<std::size_t>(random.between(0, 79)) * 512;
        const auto to = static_cast<std::size_t>(random.between(0, 79)) * 512;
        MemoryFiles::Bytes& bytes = disk.bytes(path);
        bytes = good;
        std::copy_n(good.begin() + static_cast<std::ptrdiff_t>(from), 512, bytes.begin() + static_cast<std::ptrdiff_t>(to));
        if (bytes == good) continue;
        EXPECT_FALSE(read_all(disk)) << from << " to " << to;
    }
}

/// The power goes at every call of a script, and again while it recovers.
void lose_power_everywhere(Script whole) {
    whole.records = 2'000;
    whole.batch = 8;
    whole.options.segment_bytes = 1 << 15;
    MemoryFiles dry;
    whole.run(dry);
    ASSERT_EQ(whole.acknowledged, 2'000u);
    const std::uint64_t calls = dry.calls;
    ASSERT_GT(calls, 700u);
    Random random(3);
    int torn = 0;
    for (std::uint64_t at = 0; at < calls; ++at) {
        MemoryFiles disk;
        Script script = whole;
        script.acknowledged = 0;
        disk.plan.power_at = at;
        EXPECT_THROW(script.run(disk), PowerLost);
        if (at % 2 == 0) disk.come_back(random);
        else disk.killed();
        if (const auto found = read_all(disk); found && found->torn != 0) ++torn;
        // Power is lost again while it recovers, and once more.
        for (int again = 0; again < 2; ++again) {
            disk.plan.power_at = static_cast<std::uint64_t>(random.between(0, 12));
            Script recovering = script;
            recovering.records = 0;
            try {
                recovering.run(disk);
            } catch (const PowerLost&) {}
            disk.come_back(random);
        }
        script.records = script.acknowledged + 10;
        ASSERT_NO_THROW(script.run(disk)) << "call " << at;
        ASSERT_FALSE(script.error) << "call " << at << ": " << to_string(*script.error);
        expect_whole(disk, script.acknowledged);
    }
    EXPECT_GT(torn, 50) << "the fault hardly ever came";
}

TEST(JRN_003, power_lost_at_every_call_loses_nothing_that_was_acknowledged) { lose_power_everywhere({}); }

TEST(JRN_003, nor_when_the_next_batch_is_written_while_the_disk_is_waited_for) {
    Script script;
    script.overlapped = true;
    lose_power_everywhere(script);
}

// ---- damage beside a loss of power -----------------------------------------------------------------------------------

/// As it was when the journal was opened: it is never synced after that, so a loss of power may bring all of it back.
void mark_as_at_the_start(MemoryFiles& disk) {
    const auto slot = mark_slot({});
    MemoryFiles::Bytes& mark = disk.bytes(mark_path);
    for (const std::size_t at : {std::size_t{0}, mark_slot_bytes})
        std::copy(slot.begin(), slot.end(), mark.begin() + static_cast<std::ptrdiff_t>(at));
}

/// Where the batch with this record ends, in the first segment.
std::uint64_t end_of(MemoryFiles& disk, std::uint64_t record) {
    const MemoryFiles::Bytes& bytes = disk.bytes(segment_path(1));
    std::uint64_t end = sector_bytes;
    while (const auto head = read_batch_head(std::span(bytes).subspan(static_cast<std::size_t>(end)), {})) {
        if (head->first > record) break;
        end += up_to_sector(head->bytes);
    }
    return end;
}

TEST(JRN_003, damage_to_any_byte_of_what_was_acknowledged_is_named_however_far_the_mark_lags) {
    Script script;
    script.options.segment_bytes = 1 << 16;
    script.records = 37;
    MemoryFiles disk = written(script);
    mark_as_at_the_start(disk);
    const auto whole = read_all(disk);
    ASSERT_TRUE(whole) << to_string(whole.error());
    ASSERT_EQ(whole->last, 37u);
    MemoryFiles::Bytes& bytes = disk.bytes(segment_path(1));
    for (std::size_t at = 0; at < whole->end; ++at) {
        for (const int change : {0x01, 0x80, 0xff}) {
            bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ change);
            EXPECT_FALSE(read_all(disk)) << "byte " << at;
            bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ change);
        }
        if (HasFailure()) return;
    }
}

/// Power is lost with the mark as far behind as it can be, and then a byte of what was acknowledged is damaged: it is named, and nothing is cut.
TEST(JRN_003, nor_is_it_cut_beside_a_tail_that_was_torn) {
    Random random(17);
    int torn = 0;
    int named = 0;
    for (int i = 0; i < 1'500; ++i) {
        MemoryFiles disk;
        Script script;
        script.overlapped = i % 2 == 0;
        script.batch = static_cast<std::uint64_t>(random.between(1, 30));
        script.options.segment_bytes = 1 << 15;
        disk.plan.power_at = static_cast<std::uint64_t>(random.between(20, 60));
        try {
            script.run(disk);
            continue;
        } catch (const PowerLost&) {}
        disk.come_back(random);
        mark_as_at_the_start(disk);
        const auto found = read_all(disk);
        ASSERT_TRUE(found) << to_string(found.error());
        ASSERT_GE(found->last, script.acknowledged);
        torn += found->torn != 0;
        if (script.acknowledged == 0) continue;
        const std::uint64_t end = end_of(disk, script.acknowledged);
        for (int harm = 0; harm < 40; ++harm) {
            std::uint8_t& byte =
                disk.bytes(segment_path(1))[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(end) - 1))];
            const std::uint8_t before = byte;
            byte = static_cast<std::uint8_t>(byte ^ random.between(1, 255));
            named += !read_all(disk);
            byte = before;
        }
        ASSERT_EQ(named % 40, 0) << "case " << i;
    }
    EXPECT_GT(torn, 100) << "the fault hardly ever came";
    EXPECT_GT(named, 10'000);
}

TEST(JRN_003, a_sector_that_is_gone_is_named_as_soon_as_a_later_batch_knew_it_to_be_there) {
    Script script;
    script.options.segment_bytes = 1 << 15;
    script.batch = 10;
    MemoryFiles disk = written(script);
    const std::uint64_t before_last = end_of(disk, script.records - script.batch);
    mark_as_at_the_start(disk);
    MemoryFiles::Bytes& bytes = disk.bytes(segment_path(1));
    const MemoryFiles::Bytes good = bytes;
    for (std::size_t at = sector_bytes; at < before_last; at += sector_bytes) {
        std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), sector_bytes, std::uint8_t{0});
        EXPECT_FALSE(read_all(disk)) << "sector at byte " << at;
        bytes = good;
    }
}

TEST(JRN_003, records_of_nothing_but_zeros_are_told_from_sectors_that_never_came) {
    MemoryFiles disk;
    {
        auto journal = Journal::open(disk, folder, {1 << 16}, [](const Record&) { return std::nullopt; });
        ASSERT_TRUE(journal->append(std::vector<std::uint8_t>(5'000, 0)));
        ASSERT_TRUE(journal->commit());
    }
    disk.killed();
    mark_as_at_the_start(disk);
    ASSERT_EQ(read_all(disk)->last, 1u);
    MemoryFiles::Bytes& bytes = disk.bytes(segment_path(1));
    for (std::size_t at = 0; at < sector_bytes + 5'000; ++at) {
        bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ 4);
        EXPECT_FALSE(read_all(disk)) << "byte " << at;
        bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ 4);
    }
    std::fill_n(bytes.begin() + sector_bytes, sector_bytes, std::uint8_t{0});
    const auto torn = read_all(disk);
    ASSERT_TRUE(torn) << to_string(torn.error());
    EXPECT_EQ(torn->last, 0u);
}

TEST(JRN_004, a_sync_that_fails_while_the_next_batch_is_written_confirms_neither) {
    MemoryFiles disk;
    auto journal = Journal::open(disk, folder, {}, [](const Record&) { return std::nullopt; });
    ASSERT_TRUE(journal);
    ASSERT_TRUE(journal->append(payload_of(1)));
    ASSERT_TRUE(journal->commit());
    ASSERT_TRUE(journal->append(payload_of(2)));
    auto first = journal->hand_over();
    ASSERT_TRUE(journal->append(payload_of(3)));
    auto second = journal->hand_over();
    disk.plan.failing = Call::sync;
    disk.plan.fail_at = disk.counts[Call::sync];
    const auto waited = first->wait();
    ASSERT_TRUE(waited);
    EXPECT_FALSE(second->wait()) << "the disk seems to be well again";
    EXPECT_FALSE(journal->confirm(*first, waited));
    EXPECT_FALSE(journal->confirm(*second, std::nullopt)) << "what the disk holds is not known";
    EXPECT_EQ(journal->committed(), 1u);
}

/// A record each.
std::pair<Unsynced, Unsynced> two_batches(Journal& journal) {
    EXPECT_TRUE(journal.append(payload_of(1)));
    const auto first = journal.hand_over();
    EXPECT_TRUE(journal.append(payload_of(2)));
    return {*first, *journal.hand_over()};
}

/// Whoever comes first writes what is handed over, and everything before it.
TEST(JRN_004, batches_are_written_in_their_order_whoever_waits_first) {
    MemoryFiles disk;
    {
        auto journal = Journal::open(disk, folder, {}, [](const Record&) { return std::nullopt; });
        auto [first, second] = two_batches(*journal);
        ASSERT_TRUE(journal->append(payload_of(3)));
        EXPECT_FALSE(second.wait());
        second.write();
        EXPECT_FALSE(first.wait());
        EXPECT_EQ(journal->confirm(first, std::nullopt), 1u);
        EXPECT_EQ(journal->confirm(second, std::nullopt), 2u);
        EXPECT_EQ(journal->commit(), 3u);
    }
    EXPECT_EQ(read_all(disk)->last, 3u);
}

TEST(JRN_004, nothing_is_written_behind_a_batch_that_could_not_be_written) {
    MemoryFiles disk;
    auto journal = Journal::open(disk, folder, {}, [](const Record&) { return std::nullopt; });
    auto [first, second] = two_batches(*journal);
    disk.plan.failing = Call::write;
    disk.plan.fail_at = disk.counts[Call::write];
    first.write();
    const auto waited = second.wait();
    ASSERT_TRUE(waited) << "the disk seems to be well again";
    EXPECT_EQ(waited, first.wait());
    EXPECT_FALSE(journal->confirm(first, waited));
    EXPECT_FALSE(journal->confirm(second, waited));
    EXPECT_EQ(read_all(disk)->last, 0u);
}

TEST(JRN_004, an_error_at_every_call_of_every_kind_stops_the_journal_and_loses_nothing) {
    MemoryFiles dry;
    Script whole;
    whole.run(dry);
    for (const Call call : {Call::read, Call::write, Call::allocate, Call::sync, Call::open, Call::list, Call::rename, Call::sync_folder}) {
        for (const SystemError with : {EIO, ENOSPC, EDQUOT, EROFS, EACCES}) {
            for (std::uint64_t at = 0; at < dry.counts[call]; ++at) {
                MemoryFiles disk;
                disk.plan.failing = call;
                disk.plan.fail_at = at;
                disk.plan.with = with;
                Script script;
                script.run(disk);
                ASSERT_EQ(disk.failures, 1);
                ASSERT_TRUE(script.error) << "call " << at;
                EXPECT_THAT(script.error->where, HasSubstr(folder));
                EXPECT_NE(script.error->cure, "");
                disk.killed();
                script.run(disk);
                ASSERT_FALSE(script.error) << to_string(*script.error);
                EXPECT_EQ(script.acknowledged, script.records);
            }
        }
    }
}

TEST(JRN_004, a_sync_that_failed_once_is_never_trusted_again) {
    // The disk says EIO once and "done" ever after, and holds nothing of what was written before.
    Random random(5);
    MemoryFiles disk;
    disk.plan.failing = Call::sync;
    disk.plan.fail_at = 10;
    Script script;
    script.run(disk);
    ASSERT_TRUE(script.error);
    EXPECT_THAT(to_string(*script.error), HasSubstr("cannot sync: Input/output error"));
    disk.come_back(random);
    script.run(disk);
    EXPECT_FALSE(script.error);
}

TEST(JRN_005, short_and_interrupted_calls_change_nothing) {
    MemoryFiles disk;
    disk.plan.short_and_interrupted = true;
    Script script;
    script.run(disk);
    ASSERT_FALSE(script.error) << to_string(*script.error);
    MemoryFiles plain = written({});
    EXPECT_EQ(disk.paths(), plain.paths());
    for (const std::string& path : plain.paths()) EXPECT_EQ(disk.bytes(path), plain.bytes(path)) << path;
    EXPECT_TRUE(read_all(disk));
}

TEST(JRN_006, files_that_are_missing_cut_foreign_or_not_writable_are_named) {
    MemoryFiles good = written({});
    const auto found = read_all(good);
    ASSERT_TRUE(found);
    const std::uint64_t second = found->segments[1].first;
    const std::uint64_t third = found->segments[2].first;
    const std::uint64_t last = found->segments.back().first;
    const auto said = [&](const std::function<void(MemoryFiles&)>& harm) {
        MemoryFiles disk;
        disk.copy_from(good);
        harm(disk);
        Script script;
        script.run(disk);
        return script.error ? to_string(*script.error) : std::string("nothing");
    };
    EXPECT_THAT(said([&](MemoryFiles& d) { d.erase(segment_path(second)); }),
                HasSubstr("records " + std::to_string(second) + " to " + std::to_string(third - 1) + " are missing"));
    EXPECT_THAT(said([&](MemoryFiles& d) { d.erase(segment_path(1)); }), HasSubstr("are missing"));
    EXPECT_THAT(said([&](MemoryFiles& d) { d.erase(segment_path(last)); }), HasSubstr("were acknowledged, but the files end after"));
    EXPECT_THAT(said([&](MemoryFiles& d) { d.bytes(segment_path(second)).resize(40); }), HasSubstr("ends inside its head"));
    EXPECT_THAT(said([&](MemoryFiles& d) { d.bytes(segment_path(second)).assign(4096, 'x'); }), HasSubstr("no segment of a journal"));
    EXPECT_THAT(said([&](MemoryFiles& d) { d.put(segment_path(second), d.bytes(segment_path(third))); }),
                HasSubstr("holds records from " + std::to_string(third)));
    EXPECT_THAT(said([&](MemoryFiles& d) { d.make_read_only(segment_path(last)); }), HasSubstr("Permission denied"));
    EXPECT_THAT(said([&](MemoryFiles& d) { d.bytes(segment_path(second)).resize(1000); }), HasSubstr("is damaged"));
    EXPECT_EQ(said([&](MemoryFiles& d) { d.put(folder + "/notes.txt", {1, 2, 3}); }), "nothing");
    EXPECT_EQ(said([&](MemoryFiles& d) { d.erase(mark_path); }), "nothing");
    for (std::size_t size = 0; size < good.bytes(segment_path(last)).size(); size += 61) {
        const std::string what = said([&](MemoryFiles& d) { d.bytes(segment_path(last)).resize(size); });
        EXPECT_TRUE(what == "nothing" || what.find(folder) == 0) << what;
    }
}

TEST(JRN_006, without_a_mark_a_tail_that_is_not_whole_is_damage) {
    Script script;
    script.options.segment_bytes = 1 << 16;
    MemoryFiles disk = written(script);
    const auto found = read_all(disk);
    ASSERT_TRUE(found);
    MemoryFiles::Bytes& bytes = disk.bytes(segment_path(found->segments.back().first));
    bytes[static_cast<std::size_t>(found->end) + sector_bytes + 100] = 1;  // of a batch whose first sector never came
    const auto torn = read_all(disk);
    ASSERT_TRUE(torn);
    EXPECT_EQ(torn->torn, sector_bytes + 101);
    disk.erase(mark_path);
    EXPECT_FALSE(read_all(disk));
}

TEST(JRN_007, truncating_keeps_what_is_before_and_sets_aside_what_it_gives_up) {
    for (const std::uint64_t at : {1u, 2u, 39u, 40u, 77u, 150u, 200u, 201u}) {
        MemoryFiles disk = written({});
        const auto before = disk.paths();
        ASSERT_TRUE(truncate_journal(disk, folder, at, true));
        EXPECT_EQ(disk.paths().size(), before.size()) << "a dry run changed something";
        expect_whole(disk, 200);
        const auto done = truncate_journal(disk, folder, at, false);
        ASSERT_TRUE(done) << to_string(done.error());
        EXPECT_EQ(done->kept, at - 1);
        for (const std::string& path : done->set_aside) EXPECT_TRUE(disk.has(path)) << path;
        const auto found = read_all(disk);
        ASSERT_TRUE(found) << to_string(found.error());
        EXPECT_EQ(found->last, at - 1);
        EXPECT_EQ(found->torn, 0u);
        Script script;
        script.run(disk);
        EXPECT_FALSE(script.error);
        expect_whole(disk, 200);
    }
}

TEST(JRN_007, damage_without_a_copy_can_be_given_up) {
    MemoryFiles disk = written({});
    const auto found = read_all(disk);
    const std::uint64_t number = found->segments[2].first;
    disk.bytes(segment_path(number))[segment_head_bytes + 1] ^= 1;
    EXPECT_FALSE(read_all(disk));
    EXPECT_FALSE(truncate_journal(disk, folder, number + 1, false)) << "beyond the damage nothing can be kept";
    ASSERT_TRUE(truncate_journal(disk, folder, number, false));
    expect_whole(disk, number - 1);
    EXPECT_FALSE(truncate_journal(disk, folder, 0, false));
    EXPECT_FALSE(truncate_journal(disk, folder, 500, false));
}

TEST(JRN_007, power_lost_while_truncating_leaves_a_journal_that_opens) {
    MemoryFiles good = written({});
    Random random(8);
    for (std::uint64_t at = 0;; ++at) {
        MemoryFiles disk;
        disk.copy_from(good);
        disk.plan.power_at = at;
        try {
            ASSERT_TRUE(truncate_journal(disk, folder, 77, false));
            break;
        } catch (const PowerLost&) {}
        disk.come_back(random);
        Script script;
        script.acknowledged = 76;
        script.run(disk);
        EXPECT_FALSE(script.error) << at << " " << to_string(*script.error);
    }
}

// ---- version 1 -------------------------------------------------------------------------------------------------------

/// A journal of 60 records in two segments as the program of version 1 left it.
MemoryFiles of_version_1() {
    MemoryFiles disk;
    disk.make_folder(folder);
    const std::filesystem::path kept = std::filesystem::path(PLIM_SOURCE_DIR) / "tests/journal/version-1";
    for (const auto& file : std::filesystem::directory_iterator(kept)) {
        std::ifstream in(file.path(), std::ios::binary);
        disk.put(folder + "/" + file.path().filename().string(), {std::istreambuf_iterator<char>(in), {}});
    }
    return disk;
}

TEST(JRN_013, a_journal_of_version_1_is_read_and_gone_on_with) {
    MemoryFiles disk = of_version_1();
    expect_whole(disk, 60);
    Script script;
    script.records = 200;
    script.acknowledged = 60;
    script.run(disk);
    ASSERT_FALSE(script.error) << to_string(*script.error);
    disk.killed();
    expect_whole(disk, 200);
    const auto found = read_all(disk);
    EXPECT_EQ(found->segments[1].version, 1u);
    EXPECT_EQ(found->segments[2].first, 61u) << "nothing is written into a segment of version 1";
    EXPECT_EQ(found->segments[2].version, 2u);
}

TEST(JRN_013, its_damage_is_named_and_its_torn_tail_is_cut) {
    const auto end = static_cast<std::size_t>(read_all(*std::make_unique<MemoryFiles>(of_version_1()))->end);
    const std::string path = segment_path(38);
    for (std::size_t at = 0; at < end; ++at) {
        MemoryFiles disk = of_version_1();
        disk.bytes(path)[at] ^= 1;
        EXPECT_FALSE(read_all(disk)) << "byte " << at;
    }
    MemoryFiles disk = of_version_1();
    disk.bytes(path)[end + 7] = 9;
    EXPECT_EQ(read_all(disk)->torn, 8u);
    Script script;
    script.run(disk);
    EXPECT_FALSE(script.error);
    expect_whole(disk, 200);
}

TEST(JRN_013, its_records_can_be_given_up) {
    for (const std::uint64_t at : {1u, 20u, 37u, 38u, 39u, 60u}) {
        MemoryFiles disk = of_version_1();
        ASSERT_TRUE(truncate_journal(disk, folder, at, false)) << at;
        EXPECT_EQ(read_all(disk)->last, at - 1);
        Script script;
        script.run(disk);
        ASSERT_FALSE(script.error) << to_string(*script.error);
        expect_whole(disk, 200);
    }
}

}  // namespace
}  // namespace plimsoll::journal
