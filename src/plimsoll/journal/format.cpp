#include "plimsoll/journal/format.hpp"

#include <algorithm>
#include <cstring>

namespace plimsoll::journal {

namespace {

constexpr std::array<std::uint8_t, 8> segment_magic = {'P', 'L', 'I', 'M', 'J', 'R', 'N', '\n'};
constexpr std::array<std::uint8_t, 8> batch_magic = {'P', 'L', 'I', 'M', 'B', 'A', 'T', '\n'};
constexpr std::size_t align = 8;

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "a big-endian machine has to turn the bytes round here");

template <class Whole>
void store(std::uint8_t* at, Whole value) {
    std::memcpy(at, &value, sizeof value);
}
template <class Whole>
Whole load(const std::uint8_t* at) {
    Whole value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

/// A record's check runs over the link and the whole record but the check itself, so it holds in its place and in no other.
Hash128 check_of(Hash128 link, const std::uint8_t* record, std::size_t bytes) {
    std::array<std::uint8_t, 32> front;
    store(front.data(), link.high);
    store(front.data() + 8, link.low);
    std::memcpy(front.data() + 16, record, 16);
    const Hash128 head = hash_bytes(front.data(), front.size());
    const Hash128 body = hash_bytes(record + record_head_bytes, bytes - record_head_bytes);
    std::array<std::uint64_t, 4> both = {head.high, head.low, body.high, body.low};
    return hash_bytes(both.data(), sizeof both);
}

/// With the segment's link, so that bytes which a record holds and which look like a head are none.
Hash128 check_of_batch(std::span<const std::uint8_t> head, Hash128 segment) {
    std::array<std::uint8_t, 64> all{};
    std::memcpy(all.data(), head.data(), 48);
    store(all.data() + 48, segment.high);
    store(all.data() + 56, segment.low);
    return hash_bytes(all.data(), all.size());
}

}  // namespace

std::array<std::uint8_t, segment_head_bytes> segment_head(const SegmentHead& head) {
    std::array<std::uint8_t, segment_head_bytes> bytes{};
    std::copy(segment_magic.begin(), segment_magic.end(), bytes.begin());
    store(bytes.data() + 8, format_version);
    store(bytes.data() + 12, static_cast<std::uint32_t>(segment_head_bytes));
    store(bytes.data() + 16, head.first);
    store(bytes.data() + 24, head.link.high);
    store(bytes.data() + 32, head.link.low);
    const Hash128 check = hash_bytes(bytes.data(), 48);
    store(bytes.data() + 48, check.high);
    store(bytes.data() + 56, check.low);
    return bytes;
}

HeadFault read_segment_head(std::span<const std::uint8_t> bytes, SegmentHead& head) {
    if (bytes.size() < segment_head_bytes) return HeadFault::too_short;
    const Hash128 check = hash_bytes(bytes.data(), 48);
    if (check != Hash128{load<std::uint64_t>(bytes.data() + 48), load<std::uint64_t>(bytes.data() + 56)})
        return std::equal(segment_magic.begin(), segment_magic.end(), bytes.begin()) ? HeadFault::damaged : HeadFault::foreign;
    if (!std::equal(segment_magic.begin(), segment_magic.end(), bytes.begin())) return HeadFault::foreign;
    head.version = load<std::uint32_t>(bytes.data() + 8);
    if (head.version < format_version_least || head.version > format_version) return HeadFault::version;
    head.first = load<std::uint64_t>(bytes.data() + 16);
    head.link = {load<std::uint64_t>(bytes.data() + 24), load<std::uint64_t>(bytes.data() + 32)};
    return HeadFault::none;
}

std::string segment_name(std::uint64_t first) {
    const std::string digits = std::to_string(first);
    return "journal-" + std::string(20 - digits.size(), '0') + digits + ".plj";
}

std::optional<std::uint64_t> first_of_name(std::string_view name) {
    constexpr std::string_view front = "journal-";
    constexpr std::string_view back = ".plj";
    if (name.size() != front.size() + 20 + back.size() || !name.starts_with(front) || !name.ends_with(back)) return std::nullopt;
    std::uint64_t first = 0;
    for (const char c : name.substr(front.size(), 20)) {
        if (c < '0' || c > '9' || first > (~std::uint64_t{0} - 9) / 10) return std::nullopt;
        first = first * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return first;
}

std::size_t record_bytes(std::size_t payload) { return record_head_bytes + (payload + align - 1) / align * align; }

void append_record(std::vector<std::uint8_t>& out, std::uint64_t number, std::span<const std::uint8_t> payload) {
    const std::size_t at = out.size();
    out.resize(at + record_bytes(payload.size()));
    std::uint8_t* record = out.data() + at;
    const auto length = static_cast<std::uint32_t>(payload.size());
    store(record, length);
    store(record + 4, ~length);
    store(record + 8, number);
    if (!payload.empty()) std::memcpy(record + record_head_bytes, payload.data(), payload.size());
}

Hash128 link_records(std::span<std::uint8_t> records, Hash128 link) {
    while (!records.empty()) {
        const std::size_t bytes = record_bytes(load<std::uint32_t>(records.data()));
        link = check_of(link, records.data(), bytes);
        store(records.data() + 16, link.high);
        store(records.data() + 24, link.low);
        records = records.subspan(bytes);
    }
    return link;
}

std::optional<ParsedRecord> parse_record(std::span<const std::uint8_t> bytes, std::uint64_t number, Hash128 link) {
    if (bytes.size() < record_head_bytes) return std::nullopt;
    const auto length = load<std::uint32_t>(bytes.data());
    if (load<std::uint32_t>(bytes.data() + 4) != ~length || length > record_most || load<std::uint64_t>(bytes.data() + 8) != number)
        return std::nullopt;
    const std::size_t whole = record_bytes(length);
    if (bytes.size() < whole) return std::nullopt;
    const Hash128 check = check_of(link, bytes.data(), whole);
    if (check != Hash128{load<std::uint64_t>(bytes.data() + 16), load<std::uint64_t>(bytes.data() + 24)}) return std::nullopt;
    return ParsedRecord{bytes.subspan(record_head_bytes, length), whole, check};
}

std::uint64_t blank_sectors(std::span<const std::uint8_t> bytes) {
    static constexpr std::array<std::uint8_t, sector_bytes> zeros{};
    std::uint64_t count = 0;
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(bytes.size(), sector_bytes)))
        count += std::memcmp(bytes.data(), zeros.data(), std::min(bytes.size(), sector_bytes)) == 0;
    return count;
}

void seal_batch(std::vector<std::uint8_t>& batch, std::uint64_t first, std::uint64_t committed, Hash128 segment) {
    const std::uint64_t bytes = batch.size();
    batch.resize(up_to_sector(bytes), 0);
    std::copy(batch_magic.begin(), batch_magic.end(), batch.begin());
    store(batch.data() + 8, first);
    store(batch.data() + 16, bytes);
    store(batch.data() + 24, blank_sectors(batch));
    store(batch.data() + 32, committed);
    store(batch.data() + 40, std::uint64_t{0});
    const Hash128 check = check_of_batch(batch, segment);
    store(batch.data() + 48, check.high);
    store(batch.data() + 56, check.low);
}

std::optional<BatchHead> read_batch_head(std::span<const std::uint8_t> bytes, Hash128 segment) {
    if (bytes.size() < batch_head_bytes || !std::equal(batch_magic.begin(), batch_magic.end(), bytes.begin())) return std::nullopt;
    const Hash128 check = check_of_batch(bytes, segment);
    if (check != Hash128{load<std::uint64_t>(bytes.data() + 48), load<std::uint64_t>(bytes.data() + 56)}) return std::nullopt;
    return BatchHead{load<std::uint64_t>(bytes.data() + 8), load<std::uint64_t>(bytes.data() + 16), load<std::uint64_t>(bytes.data() + 24),
                     load<std::uint64_t>(bytes.data() + 32)};
}

std::array<std::uint8_t, mark_slot_bytes> mark_slot(const Mark& mark) {
    std::array<std::uint8_t, mark_slot_bytes> bytes{};
    store(bytes.data(), mark.number);
    store(bytes.data() + 8, mark.check);
    const Hash128 check = hash_bytes(bytes.data(), 16);
    store(bytes.data() + 16, check.high);
    store(bytes.data() + 24, check.low);
    return bytes;
}

std::optional<Mark> read_mark_slot(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < mark_slot_bytes) return std::nullopt;
    const Hash128 check = hash_bytes(bytes.data(), 16);
    if (check != Hash128{load<std::uint64_t>(bytes.data() + 16), load<std::uint64_t>(bytes.data() + 24)}) return std::nullopt;
    return Mark{load<std::uint64_t>(bytes.data()), load<std::uint64_t>(bytes.data() + 8)};
}

}  // namespace plimsoll::journal
