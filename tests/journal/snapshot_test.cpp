// A snapshot is whole, or it is not believed.
#include "plimsoll/journal/snapshot.hpp"
#include "memory_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plimsoll::journal {
namespace {

using ::testing::HasSubstr;

const std::string folder = "venue";
using Bytes = std::vector<std::uint8_t>;

Bytes content(std::uint64_t seed, std::size_t size) {
    Random random(seed);
    Bytes bytes(size);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.between(0, 255));
    return bytes;
}

std::string path(std::uint64_t number) { return folder + "/" + snapshot_name(number); }

TEST(JRN_008, what_was_written_is_read_back_and_the_latest_two_are_kept) {
    MemoryFiles disk;
    disk.make_folder(folder);
    for (const std::uint64_t number : {5u, 90u, 7u, 1234u}) ASSERT_FALSE(write_snapshot(disk, folder, number, content(number, number)));
    EXPECT_EQ(list_snapshots(disk, folder).value(), (std::vector<std::uint64_t>{1234, 90}));
    EXPECT_EQ(read_snapshot(disk, folder, 1234).value(), content(1234, 1234));
    ASSERT_FALSE(write_snapshot(disk, folder, 2000, {}));
    EXPECT_EQ(read_snapshot(disk, folder, 2000).value(), Bytes{});
    EXPECT_EQ(number_of_snapshot("snapshot-0000000000000000005.plim"), std::nullopt);
    EXPECT_EQ(number_of_snapshot("snapshot-0000000000000000000x.plim"), std::nullopt);
    EXPECT_EQ(number_of_snapshot(snapshot_name(~std::uint64_t{0})), ~std::uint64_t{0});
}

TEST(JRN_008, every_flipped_bit_and_every_length_is_found) {
    MemoryFiles disk;
    disk.make_folder(folder);
    ASSERT_FALSE(write_snapshot(disk, folder, 3, content(1, 8'000)));
    const Bytes good = disk.bytes(path(3));
    Bytes& bytes = disk.bytes(path(3));
    for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
        bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1u << bit % 8));
        // Four bytes of the head say nothing: they are checked like the others.
        ASSERT_FALSE(read_snapshot(disk, folder, 3)) << "bit " << bit;
        bytes[bit / 8] = good[bit / 8];
    }
    for (std::size_t size = 0; size < good.size(); size += 61) {
        disk.put(path(3), Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)));
        ASSERT_FALSE(read_snapshot(disk, folder, 3)) << "cut to " << size;
    }
    disk.put(path(3), good);
    EXPECT_TRUE(read_snapshot(disk, folder, 3));
    disk.put(path(4), good);
    EXPECT_THAT(to_string(read_snapshot(disk, folder, 4).error()), HasSubstr("of another record than its name says"));
    Bytes foreign = good;
    foreign[0] = 'p';
    disk.put(path(4), foreign);
    EXPECT_THAT(to_string(read_snapshot(disk, folder, 4).error()), HasSubstr("it is no snapshot"));
    Bytes newer = good;
    newer[8] = 2;
    disk.put(path(4), newer);
    EXPECT_THAT(to_string(read_snapshot(disk, folder, 4).error()), HasSubstr("it is of version 2, this program reads 1"));
    EXPECT_THAT(to_string(read_snapshot(disk, folder, 9).error()), HasSubstr("No such file"));
}

TEST(JRN_008, an_error_at_any_call_leaves_the_older_one) {
    MemoryFiles dry;
    dry.make_folder(folder);
    ASSERT_FALSE(write_snapshot(dry, folder, 1, content(1, 100)));
    int failures = 0;
    for (const Call kind : {Call::open, Call::read, Call::write, Call::sync, Call::rename, Call::sync_folder, Call::list}) {
        for (std::uint64_t at = 0;; ++at) {
            MemoryFiles disk;
            disk.copy_from(dry);
            disk.plan.failing = kind;
            disk.plan.fail_at = at;
            disk.plan.with = ENOSPC;
            const auto error = write_snapshot(disk, folder, 2, content(2, 100));
            if (disk.failures == 0) break;
            ++failures;
            EXPECT_TRUE(error);
            disk.plan = {};
            EXPECT_EQ(read_snapshot(disk, folder, 1).value(), content(1, 100));
            const auto names = disk.list(folder).value();
            for (const auto& name : names) EXPECT_FALSE(name.ends_with(".new"));
            // Room is there again: the next try succeeds.
            EXPECT_FALSE(write_snapshot(disk, folder, 3, content(3, 100)));
        }
    }
    EXPECT_GT(failures, 8);
}

TEST(JRN_008, short_and_interrupted_calls_are_finished) {
    MemoryFiles disk;
    disk.make_folder(folder);
    disk.plan.short_and_interrupted = true;
    ASSERT_FALSE(write_snapshot(disk, folder, 1, content(1, 20'000)));
    EXPECT_EQ(read_snapshot(disk, folder, 1).value(), content(1, 20'000));
}

}  // namespace
}  // namespace plimsoll::journal
