// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/judge/analysis.h"

namespace tocsin {

// The members of an object, in the order in which they are added: the same result gives the same
// bytes. Has what basic_json needs of a map to make and print objects.
//
// In place of nlohmann::ordered_map, which has constant keys and so copies all its members, with
// everything that is in them, when it grows; these are moved.
template <typename Key, typename Value, typename Less, typename Allocator>
struct JsonMembers : std::vector<std::pair<Key, Value>> {
    static constexpr size_t kUsual = 8;  // most objects have no more members
    using key_type = Key;
    using mapped_type = Value;
    using key_compare = Less;
    using Members = std::vector<std::pair<Key, Value>>;
    using Members::Members;
    using typename Members::const_iterator;
    using typename Members::iterator;

    iterator find(const Key& key) {
        return std::find_if(this->begin(), this->end(),
                            [&](const auto& member) { return member.first == key; });
    }
    // As std::map's: of a key that is there already the value stays.
    std::pair<iterator, bool> emplace(Key key, Value&& value) {
        if (const iterator at = find(key); at != this->end()) return {at, false};
        if (this->empty()) this->reserve(kUsual);
        this->emplace_back(std::move(key), std::move(value));
        return {std::prev(this->end()), true};
    }
    std::pair<iterator, bool> insert(const std::pair<Key, Value>& member) {
        return emplace(member.first, Value(member.second));
    }
    Value& operator[](Key key) { return emplace(std::move(key), Value()).first->second; }
};
using Json = nlohmann::basic_json<JsonMembers>;

// {"text": T} or {"text": escaped, "hex": H}.
Json json_bytes(std::string_view bytes);
// A string that the recorder stated: escaped where it is not plain.
std::string json_text(std::string_view text);
std::string json_time(BootTime time);
Json json_span(const TimeSpan& span);
Json json_losses(const LossCounts& lost);

Json json_trace(const TraceFacts& trace);
Json json_coverage(const Coverage& coverage);
Json json_finding(const TraceFacts& trace, const Finding& finding);

}  // namespace tocsin
