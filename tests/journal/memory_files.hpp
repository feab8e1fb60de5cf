// A disk in memory that forgets what was not synced, fails when it is told to, and can lose power between any two calls. Two threads may use it,
// each its own files, or one of them syncing what the other writes.
#pragma once

#include "plimsoll/base/random.hpp"
#include "plimsoll/journal/file_system.hpp"

#include <cerrno>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>

namespace plimsoll::journal {

/// Thrown where the power goes: nothing of the program runs on.
struct PowerLost {};

enum class Call : std::uint8_t { read, write, allocate, sync, open, list, rename, remove, sync_folder, other };

/// What happens at one call, counted from 0 over all calls, or over those of one kind.
struct Plan {
    std::optional<std::uint64_t> power_at;  // any call
    std::optional<Call> failing;  // which calls fail
    std::uint64_t fail_at = 0;  // the how many of them
    bool fail_ever_after = false;
    SystemError with = EIO;
    bool short_and_interrupted = false;  // reads and writes do a part of it, or are interrupted
};

class MemoryFiles : public FileSystem {
public:
    using Bytes = std::vector<std::uint8_t>;

    Plan plan;
    std::uint64_t calls = 0;
    std::map<Call, std::uint64_t> counts;
    int failures = 0;  // how often a planned fault came
    std::function<void(const std::string&)> on_create;  // of a file, by its path; it may wait
    std::function<void()> during_sync;  // what happens while the disk is at work; what is written then the sync does not cover

    struct Content {
        Bytes now;  // what reads see
        Bytes durable;  // what the disk surely holds
        struct Write {
            std::uint64_t offset;
            Bytes bytes;
        };
        std::vector<Write> unsynced;
        std::optional<std::size_t> grown;  // to this size, unsynced
        bool locked = false;
        bool read_only = false;
    };

    Result<std::unique_ptr<File>, SystemError> open(const std::string& path, Access access) override {
        if (access == Access::create && on_create) on_create(path);
        const std::lock_guard lock(*mutex_);
        if (const auto code = step(Call::open)) return fail(SystemError{code});
        auto found = names_.find(path);
        if (access == Access::create) {
            if (found != names_.end()) return fail(SystemError{EEXIST});
            found = names_.emplace(path, std::make_shared<Content>()).first;
        }
        if (found == names_.end()) return fail(SystemError{ENOENT});
        if (access != Access::read && found->second->read_only) return fail(SystemError{EACCES});
        return std::unique_ptr<File>(new Open(*this, found->second));
    }
    Result<std::vector<std::string>, SystemError> list(const std::string& folder) override {
        const std::lock_guard lock(*mutex_);
        if (const auto code = step(Call::list)) return fail(SystemError{code});
        std::vector<std::string> names;
        for (const auto& [path, content] : names_)
            if (path.starts_with(folder + "/")) names.push_back(path.substr(folder.size() + 1));
        if (names.empty() && !folders_.contains(folder)) return fail(SystemError{ENOENT});
        return names;
    }
    SystemError make_folder(const std::string& folder) override {
        const std::lock_guard lock(*mutex_);
        if (const auto code = step(Call::other)) return code;
        folders_.insert(folder);
        return 0;
    }
    SystemError rename(const std::string& from, const std::string& to) override {
        const std::lock_guard lock(*mutex_);
        if (const auto code = step(Call::rename)) return code;
        const auto found = names_.find(from);
        if (found == names_.end()) return ENOENT;
        names_[to] = found->second;
        names_.erase(from);
        return 0;
    }
    SystemError remove(const std::string& path) override {
        const std::lock_guard lock(*mutex_);
        if (const auto code = step(Call::remove)) return code;
        return names_.erase(path) == 1 ? 0 : ENOENT;
    }
    SystemError sync_folder(const std::string&) override {
        const std::lock_guard lock(*mutex_);
        if (const auto code = step(Call::sync_folder)) return code;
        durable_names_ = names_;
        return 0;
    }

    /// What a machine finds when the power is back: of each unsynced write any sectors, of each unsynced name the old or the new one.
    void come_back(Random& random) {
        std::map<std::string, std::shared_ptr<Content>> names = durable_names_;
        for (const auto& [path, content] : names_)
            if (!durable_names_.contains(path) && random.between(0, 1) == 0) names[path] = content;
        for (const auto& [path, content] : durable_names_)
            if (!names_.contains(path) && random.between(0, 1) == 0) names.erase(path);
        for (const auto& [path, content] : names) settle(*content, random);
        restart(std::move(names));
    }
    /// The process alone was killed: what was written is there.
    void killed() {
        for (const auto& [path, content] : names_) keep_all(*content);
        restart(names_);
    }
    void copy_from(const MemoryFiles& other) {
        folders_ = other.folders_;
        names_.clear();
        for (const auto& [path, content] : other.names_) {
            names_[path] = std::make_shared<Content>(*content);
            names_[path]->locked = false;
        }
        durable_names_ = names_;
    }

    Bytes& bytes(const std::string& path) { return names_.at(path)->now; }
    bool has(const std::string& path) const { return names_.contains(path); }
    void put(const std::string& path, Bytes bytes) {
        auto content = std::make_shared<Content>();
        content->now = content->durable = std::move(bytes);
        names_[path] = durable_names_[path] = content;
    }
    void erase(const std::string& path) {
        names_.erase(path);
        durable_names_.erase(path);
    }
    void make_read_only(const std::string& path) { names_.at(path)->read_only = true; }
    std::vector<std::string> paths() const {
        std::vector<std::string> all;
        for (const auto& [path, content] : names_) all.push_back(path);
        return all;
    }

private:
    static constexpr std::size_t sector = 512;

    class Open : public File {
    public:
        Open(MemoryFiles& disk, std::shared_ptr<Content> content) : disk_(disk), content_(std::move(content)) {}
        Open(const Open&) = delete;
        Open& operator=(const Open&) = delete;
        ~Open() override {
            if (holds_) content_->locked = false;
        }
        Result<std::size_t, SystemError> read(std::uint64_t offset, std::span<std::uint8_t> bytes) override {
            const std::lock_guard lock(*disk_.mutex_);
            if (const auto code = disk_.step(Call::read)) return fail(SystemError{code});
            if (disk_.interrupted()) return fail(SystemError{EINTR});
            if (offset >= content_->now.size()) return std::size_t{0};
            const std::size_t most = std::min(bytes.size(), content_->now.size() - static_cast<std::size_t>(offset));
            const std::size_t part = disk_.part_of(most);
            std::copy_n(content_->now.begin() + static_cast<std::ptrdiff_t>(offset), part, bytes.begin());
            return part;
        }
        Result<std::size_t, SystemError> write(std::uint64_t offset, std::span<const std::uint8_t> bytes) override {
            const std::lock_guard lock(*disk_.mutex_);
            if (const auto code = disk_.step(Call::write)) return fail(SystemError{code});
            if (disk_.interrupted()) return fail(SystemError{EINTR});
            const auto part = bytes.first(disk_.part_of(bytes.size()));
            put(content_->now, offset, part);
            content_->unsynced.push_back({offset, {part.begin(), part.end()}});
            return part.size();
        }
        Result<std::uint64_t, SystemError> size() override { return content_->now.size(); }
        SystemError allocate(std::uint64_t size) override {
            const std::lock_guard lock(*disk_.mutex_);
            if (const auto code = disk_.step(Call::allocate)) return code;
            content_->now.resize(std::max<std::size_t>(content_->now.size(), size), 0);
            content_->grown = content_->now.size();
            return 0;
        }
        SystemError sync() override {
            Content at_the_beginning;
            {
                const std::lock_guard lock(*disk_.mutex_);
                if (const auto code = disk_.step(Call::sync)) return code;
                if (!disk_.during_sync) {
                    keep_all(*content_);
                    return 0;
                }
                at_the_beginning = *content_;
            }
            const auto meanwhile = disk_.during_sync;  // it may give itself up
            meanwhile();
            const std::lock_guard lock(*disk_.mutex_);
            if (content_->unsynced.size() < at_the_beginning.unsynced.size()) return 0;  // another sync has covered it
            const auto later = content_->unsynced.begin() + static_cast<std::ptrdiff_t>(at_the_beginning.unsynced.size());
            content_->durable = std::move(at_the_beginning.now);
            content_->unsynced.erase(content_->unsynced.begin(), later);
            content_->grown.reset();
            return 0;
        }
        SystemError lock() override {
            if (content_->locked) return EWOULDBLOCK;
            holds_ = content_->locked = true;
            return 0;
        }

    private:
        MemoryFiles& disk_;
        std::shared_ptr<Content> content_;
        bool holds_ = false;
    };

    static void put(Bytes& into, std::uint64_t offset, std::span<const std::uint8_t> bytes) {
        if (into.size() < offset + bytes.size()) into.resize(static_cast<std::size_t>(offset) + bytes.size(), 0);
        std::copy(bytes.begin(), bytes.end(), into.begin() + static_cast<std::ptrdiff_t>(offset));
    }
    static void keep_all(Content& content) {
        content.durable = content.now;
        content.unsynced.clear();
        content.grown.reset();
    }
    /// Any of the sectors of any of the unsynced writes.
    static void settle(Content& content, Random& random) {
        Bytes disk = content.durable;
        if (content.grown && random.between(0, 1) == 0) disk.resize(*content.grown, 0);
        for (const auto& write : content.unsynced) {
            for (std::size_t at = 0; at < write.bytes.size();) {
                const std::size_t in_sector = sector - static_cast<std::size_t>((write.offset + at) % sector);
                const std::size_t part = std::min(in_sector, write.bytes.size() - at);
                if (random.between(0, 1) == 0) put(disk, write.offset + at, std::span(write.bytes).subspan(at, part));
                at += part;
            }
        }
        content.now = content.durable = std::move(disk);
        content.unsynced.clear();
        content.grown.reset();
    }
    void restart(std::map<std::string, std::shared_ptr<Content>> names) {
        for (const auto& [path, content] : names) content->locked = false;
        names_ = durable_names_ = std::move(names);
        plan = {};
        during_sync = {};
        calls = 0;
        counts.clear();
    }
    SystemError step(Call call) {
        const std::uint64_t number = calls++;
        const std::uint64_t of_kind = counts[call]++;
        if (plan.power_at && number == *plan.power_at) {
            ++failures;
            throw PowerLost{};
        }
        if (plan.failing != call) return 0;
        if (of_kind != plan.fail_at && !(plan.fail_ever_after && of_kind > plan.fail_at)) return 0;
        ++failures;
        return plan.with;
    }
    bool interrupted() { return plan.short_and_interrupted && calls % 3 == 0; }
    std::size_t part_of(std::size_t whole) const { return plan.short_and_interrupted && whole > 1 && calls % 3 == 1 ? whole / 2 : whole; }

    std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();
    std::map<std::string, std::shared_ptr<Content>> names_;
    std::map<std::string, std::shared_ptr<Content>> durable_names_;
    std::set<std::string> folders_;
};

}  // namespace plimsoll::journal
