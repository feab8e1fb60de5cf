#include "plimsoll/journal/snapshot.hpp"

#include "plimsoll/base/hash.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>

namespace plimsoll::journal {

namespace {

constexpr std::string_view magic = "PLIMSNAP";
constexpr std::string_view before = "snapshot-";
constexpr std::string_view after = ".plim";
constexpr std::size_t digits = 20;
constexpr std::size_t checked_bytes = 32;  // of the head; the check follows them

using Head = std::array<std::uint8_t, snapshot_head_bytes>;

template <class Whole>
void put(Head& head, std::size_t at, Whole value) {
    std::memcpy(head.data() + at, &value, sizeof value);
}
template <class Whole>
Whole get(std::span<const std::uint8_t> bytes, std::size_t at) {
    Whole value{};
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

/// Over the head and the hash of the content, so that neither has to be copied.
Hash128 check_of(std::span<const std::uint8_t> head, std::span<const std::uint8_t> content) {
    std::array<std::uint8_t, checked_bytes + 16> all{};
    const Hash128 inner = hash_bytes(content.data(), content.size());
    std::memcpy(all.data(), head.data(), checked_bytes);
    std::memcpy(all.data() + checked_bytes, &inner.high, 8);
    std::memcpy(all.data() + checked_bytes + 8, &inner.low, 8);
    return hash_bytes(all.data(), all.size());
}

Head head_of(std::uint64_t number, std::span<const std::uint8_t> content) {
    Head head{};
    std::memcpy(head.data(), magic.data(), magic.size());
    put(head, 8, snapshot_version);
    put(head, 16, number);
    put(head, 24, std::uint64_t{content.size()});
    const Hash128 check = check_of(head, content);
    put(head, 32, check.high);
    put(head, 40, check.low);
    return head;
}

std::string fault_of(std::span<const std::uint8_t> bytes, std::uint64_t number) {
    if (bytes.size() < snapshot_head_bytes) return "it is cut short";
    if (std::memcmp(bytes.data(), magic.data(), magic.size()) != 0) return "it is no snapshot";
    if (const auto version = get<std::uint32_t>(bytes, 8); version != snapshot_version)
        return "it is of version " + std::to_string(version) + ", this program reads " + std::to_string(snapshot_version);
    if (get<std::uint64_t>(bytes, 24) != bytes.size() - snapshot_head_bytes) return "it has another length than when it was written";
    const Hash128 check = check_of(bytes, bytes.subspan(snapshot_head_bytes));
    if (get<std::uint64_t>(bytes, 32) != check.high || get<std::uint64_t>(bytes, 40) != check.low) return "a byte is not as it was written";
    if (get<std::uint64_t>(bytes, 16) != number) return "it is of another record than its name says";
    return {};
}

Result<std::vector<std::uint8_t>> read_checked(FileSystem& files, const std::string& path, std::uint64_t number) {
    auto bytes = read_whole(files, path);
    if (!bytes) return bytes;
    if (const std::string fault = fault_of(*bytes, number); !fault.empty())
        return fail(Error{path, fault, "remove it: everything in it follows from the journal"});
    bytes->erase(bytes->begin(), bytes->begin() + snapshot_head_bytes);
    return bytes;
}

std::optional<Error> write_aside(FileSystem& files, const std::string& path, std::span<const std::uint8_t> head,
                                 std::span<const std::uint8_t> content) {
    auto file = files.open(path, Access::create);
    if (!file) return system_error(path, "create", file.error());
    if (const SystemError code = write_fully(**file, 0, head); code != 0) return system_error(path, "write", code);
    if (const SystemError code = write_fully(**file, head.size(), content); code != 0) return system_error(path, "write", code);
    if (const SystemError code = (*file)->sync(); code != 0) return system_error(path, "sync", code);
    return std::nullopt;
}

std::optional<Error> put_in_place(FileSystem& files, const std::string& folder, const std::string& aside, std::uint64_t number) {
    if (const auto back = read_checked(files, aside, number); !back) return back.error();
    const std::string path = folder + "/" + snapshot_name(number);
    if (const SystemError code = files.rename(aside, path); code != 0) return system_error(aside, "rename", code);
    if (const SystemError code = files.sync_folder(folder); code != 0) return system_error(folder, "sync", code);
    const auto all = list_snapshots(files, folder);
    if (!all) return all.error();
    for (std::size_t i = snapshots_kept; i < all->size(); ++i)
        if (const SystemError code = files.remove(folder + "/" + snapshot_name((*all)[i])); code != 0)
            return system_error(folder + "/" + snapshot_name((*all)[i]), "remove", code);
    return std::nullopt;
}

}  // namespace

std::string snapshot_name(std::uint64_t number) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*s%020llu%.*s", static_cast<int>(before.size()), before.data(),
                  static_cast<unsigned long long>(number), static_cast<int>(after.size()), after.data());
    return text;
}

std::optional<std::uint64_t> number_of_snapshot(std::string_view name) {
    if (name.size() != before.size() + digits + after.size() || !name.starts_with(before) || !name.ends_with(after)) return std::nullopt;
    std::uint64_t number = 0;
    const char* first = name.data() + before.size();
    const auto [end, error] = std::from_chars(first, first + digits, number);
    return error == std::errc{} && end == first + digits ? std::optional(number) : std::nullopt;
}

Result<std::vector<std::uint64_t>> list_snapshots(FileSystem& files, const std::string& folder) {
    const auto names = files.list(folder);
    if (!names) return fail(system_error(folder, "list", names.error()));
    std::vector<std::uint64_t> numbers;
    for (const std::string& name : *names)
        if (const auto number = number_of_snapshot(name)) numbers.push_back(*number);
    std::sort(numbers.rbegin(), numbers.rend());
    return numbers;
}

std::optional<Error> write_snapshot(FileSystem& files, const std::string& folder, std::uint64_t number,
                                    std::span<const std::uint8_t> content) {
    const std::string aside = folder + "/" + snapshot_name(number) + ".new";
    files.remove(aside);  // of a try that failed
    auto error = write_aside(files, aside, head_of(number, content), content);
    if (!error) error = put_in_place(files, folder, aside, number);
    if (error) files.remove(aside);
    return error;
}

Result<std::vector<std::uint8_t>> read_snapshot(FileSystem& files, const std::string& folder, std::uint64_t number) {
    return read_checked(files, folder + "/" + snapshot_name(number), number);
}

}  // namespace plimsoll::journal
