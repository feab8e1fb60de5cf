// Room that is reserved once and handed out again and again: runs of neighbouring places for what an account holds, single places
// for what comes and goes. Which place is handed out depends on what happened before and on nothing else.
#pragma once

#include "plimsoll/base/assert.hpp"
#include "plimsoll/base/id.hpp"
#include "plimsoll/base/prefetch.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace plimsoll {

inline constexpr std::uint32_t no_place = 0xFFFFFFFFu;

/// `count` places from `first` on; room for 2^room_log of them was handed out. An empty run holds no room.
struct Run {
    std::uint32_t first = no_place;
    std::uint16_t count = 0;
    std::uint16_t room_log = 0;

    std::uint32_t room() const { return first == no_place ? 0 : std::uint32_t{1} << room_log; }
};

/// Runs of T, each with room for a power of two. Freed room is kept by size and handed out again before new room is.
template <class T>
class RunPool {
public:
    RunPool(std::uint32_t capacity, int least_log) : slots_(capacity), least_log_(least_log) { free_.fill(no_place); }

    std::span<const T> of(const Run& run) const {
        return run.first == no_place ? std::span<const T>{} : std::span<const T>{&slots_[run.first], run.count};
    }
    std::span<T> of(const Run& run) { return run.first == no_place ? std::span<T>{} : std::span<T>{&slots_[run.first], run.count}; }
    const T& slot(std::uint32_t place) const { return slots_[place]; }
    std::size_t capacity() const { return slots_.size(); }

    /// Asks memory for a run before it is looked at.
    void prefetch(const Run& run) const {
        if (run.first == no_place) return;
        constexpr std::size_t line = 64;
        const auto* bytes = reinterpret_cast<const char*>(&slots_[run.first]);
        for (std::size_t at = 0; at < run.count * sizeof(T); at += line) prefetch_line(bytes + at);
    }

    /// Whether insert() has room for `more`, of which all but the first fit where one growth puts them (asserted).
    bool can_insert(const Run& run, std::uint32_t more = 1) const {
        if (run.count + more <= run.room()) return true;
        const int log = next_log(run);
        PLIM_ASSERT(run.count + more <= std::uint32_t{1} << log);
        return free_[static_cast<std::size_t>(log)] != no_place || used_ + (std::uint64_t{1} << log) <= slots_.size();
    }

    /// Makes room at `index` and puts `value` there. can_insert() is asserted.
    void insert(Run& run, std::uint32_t index, const T& value) {
        PLIM_ASSERT(index <= run.count);
        if (run.count == run.room()) grow(run);
        T* first = &slots_[run.first];
        for (std::uint32_t i = run.count; i > index; --i) first[i] = first[i - 1];
        first[index] = value;
        ++run.count;
    }
    void erase(Run& run, std::uint32_t index) {
        PLIM_ASSERT(index < run.count);
        T* first = &slots_[run.first];
        for (std::uint32_t i = index; i + 1 < run.count; ++i) first[i] = first[i + 1];
        --run.count;
    }

    /// Every part in turn, for an image: `archive` writes or reads each, `item` does so with what a place holds.
    template <class Archive, class Pool, class Item>
    static void walk(Archive& archive, Pool& pool, Item&& item) {
        archive(pool.used_);
        if (!archive.allows(pool.used_ <= pool.slots_.size(), "more places than there are")) return;
        for (auto& head : pool.free_) archive(head);
        archive.list(pool.links_, (pool.slots_.size() >> pool.least_log_) + 1, archive);
        for (std::uint64_t i = 0; i < pool.used_ && archive.good(); ++i) item(archive, pool.slots_[i]);
    }

private:
    int next_log(const Run& run) const { return run.first == no_place ? least_log_ : run.room_log + 1; }

    void grow(Run& run) {
        const int log = next_log(run);
        std::uint32_t place = free_[static_cast<std::size_t>(log)];
        if (place != no_place) {
            free_[static_cast<std::size_t>(log)] = links_[place >> least_log_];
        } else {
            PLIM_ASSERT(used_ + (std::uint64_t{1} << log) <= slots_.size());
            place = static_cast<std::uint32_t>(used_);
            used_ += std::uint64_t{1} << log;
        }
        for (std::uint32_t i = 0; i < run.count; ++i) slots_[place + i] = slots_[run.first + i];
        if (run.first != no_place) {
            // Only freed room is linked, so the links take nothing until an account first outgrows its room.
            if (links_.empty()) links_.resize((slots_.size() >> least_log_) + 1, no_place);
            links_[run.first >> least_log_] = free_[run.room_log];
            free_[run.room_log] = run.first;
        }
        run.first = place;
        run.room_log = static_cast<std::uint16_t>(log);
    }

    std::vector<T> slots_;
    std::vector<std::uint32_t> links_;
    std::array<std::uint32_t, 17> free_{};
    std::uint64_t used_ = 0;
    int least_log_ = 0;
};

/// Single places with generations: an id of a place that was given back names nothing any more.
template <class T, class Id>
class SlotPool {
public:
    explicit SlotPool(std::uint32_t capacity) : capacity_(capacity) { slots_.reserve(capacity); }

    bool can_add() const { return free_ != no_place || slots_.size() < capacity_; }
    std::uint32_t size() const { return live_; }
    std::uint32_t capacity() const { return capacity_; }

    /// The id that the next add() will give.
    Id next_id() const { return next_id_after(0); }
    /// And the one after `further` more; only for ids beyond those given back it is known without adding (asserted by add()).
    Id next_id_after(std::uint32_t further) const {
        std::uint32_t place = free_;
        while (further > 0 && place != no_place) {
            place = slots_[place].next;
            --further;
        }
        if (place != no_place) return Id::of(place, slots_[place].generation + 1);
        return Id::of(static_cast<std::uint32_t>(slots_.size()) + further, 1);
    }

    /// Takes the place that next_id() named; asserted.
    T& add(Id id, const T& value) {
        PLIM_ASSERT(can_add() && id == next_id());
        if (free_ != no_place) {
            Slot& slot = slots_[id.slot()];
            free_ = slot.next;
            slot = {value, id.generation(), no_place, true};
        } else {
            slots_.push_back({value, 1, no_place, true});
        }
        ++live_;
        return slots_[id.slot()].value;
    }
    void remove(Id id) {
        Slot& slot = slots_[id.slot()];
        PLIM_ASSERT(slot.live && slot.generation == id.generation());
        slot.live = false;
        slot.next = free_;
        free_ = id.slot();
        --live_;
    }

    /// Asks memory for a place before it is looked at; the id may name nothing.
    void prefetch(Id id) const {
        if (id.slot() < slots_.size()) prefetch_line(&slots_[id.slot()]);
    }

    const T* find(Id id) const {
        if (id.slot() >= slots_.size()) return nullptr;
        const Slot& slot = slots_[id.slot()];
        return slot.live && slot.generation == id.generation() ? &slot.value : nullptr;
    }
    T* find(Id id) { return const_cast<T*>(std::as_const(*this).find(id)); }
    const T& at(Id id) const {
        const T* found = find(id);
        PLIM_ASSERT(found != nullptr);
        return *found;
    }
    T& at(Id id) { return const_cast<T&>(std::as_const(*this).at(id)); }
    Id id_at(std::uint32_t place) const { return Id::of(place, slots_[place].generation); }
    /// What a place holds, for those who keep the place and no id: it is taken as long as they do (asserted).
    const T& in_place(std::uint32_t place) const {
        PLIM_ASSERT(slots_[place].live);
        return slots_[place].value;
    }
    T& in_place(std::uint32_t place) { return const_cast<T&>(std::as_const(*this).in_place(place)); }
    void remove_place(std::uint32_t place) { remove(id_at(place)); }

    /// In the order of places. `visit(id, value)` may not add or remove.
    template <class Visit>
    void each(Visit&& visit) const {
        std::uint32_t left = live_;
        for (std::uint32_t place = 0; left > 0; ++place) {
            if (!slots_[place].live) continue;
            --left;
            visit(Id::of(place, slots_[place].generation), slots_[place].value);
        }
    }

    /// As RunPool::walk(). What a place that is free once held is left out: nothing can ask for it.
    template <class Archive, class Pool, class Item>
    static void walk(Archive& archive, Pool& pool, Item&& item) {
        archive(pool.free_);
        archive(pool.live_);
        archive.list(pool.slots_, pool.capacity_, [&](auto& slot) {
            archive(slot.generation);
            archive(slot.next);
            archive(slot.live);
            if (slot.live) item(archive, slot.value);
        });
    }

private:
    struct Slot {
        T value;
        std::uint32_t generation = 0;
        std::uint32_t next = no_place;
        bool live = false;
    };
    std::vector<Slot> slots_;
    std::uint32_t capacity_;
    std::uint32_t free_ = no_place;
    std::uint32_t live_ = 0;
};

}  // namespace plimsoll
