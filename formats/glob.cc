// SPDX-License-Identifier: Apache-2.0
#include "formats/glob.h"

#include <optional>

namespace tocsin {
namespace {

std::bitset<256> all_but_slash() {
    std::bitset<256> bytes;
    bytes.set();
    bytes.reset('/');
    return bytes;
}

Error no_end(size_t offset) {
    return Error{"the bracket at offset " + std::to_string(offset) +
                 " has no end; write \\[ for the character itself"};
}

// The set behind a '[' at `at`, which it moves behind the ']'. A ']' that comes first is one of it.
Result<std::bitset<256>> bracket(std::string_view pattern, size_t& at) {
    const size_t begin = at++;
    std::bitset<256> bytes;
    const bool inverted = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
    if (inverted) ++at;
    const auto next = [&]() -> std::optional<unsigned> {
        if (at < pattern.size() && pattern[at] == '\\') ++at;
        if (at >= pattern.size()) return std::nullopt;
        return static_cast<unsigned char>(pattern[at++]);
    };
    for (bool is_first = true; is_first || at >= pattern.size() || pattern[at] != ']';
         is_first = false) {
        const auto from = next();
        if (!from) return no_end(begin);
        auto to = from;
        if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
            ++at;
            to = next();
            if (!to) return no_end(begin);
        }
        if (*to < *from)
            return Error{"the range in the bracket at offset " + std::to_string(begin) +
                         " runs back; exchange its ends"};
        for (unsigned byte = *from; byte <= *to; ++byte) bytes.set(byte);
    }
    ++at;
    if (inverted) bytes.flip();
    bytes.reset('/');
    return bytes;
}

}  // namespace

void Glob::add_stars(size_t stars) {
    Step step;
    step.kind = stars > 1 ? Step::Kind::kAny : Step::Kind::kSome;
    if (stars == 1) step.bytes = all_but_slash();
    steps_.push_back(step);
}

Result<Glob> Glob::parse(std::string_view pattern) {
    Glob glob;
    for (size_t at = 0; at < pattern.size();) {
        if (pattern[at] == '*') {
            size_t end = pattern.find_first_not_of('*', at);
            if (end == std::string_view::npos) end = pattern.size();
            const bool is_between = end - at > 1 && at > 0 && pattern[at - 1] == '/' &&
                                    end < pattern.size() && pattern[end] == '/';
            glob.add_stars(end - at);
            at = end;
            // "/**/": the second slash goes with what it stands for, or with nothing.
            if (is_between) {
                glob.steps_.back().bytes.set('/');
                ++at;
            }
            continue;
        }
        Step step;
        if (pattern[at] == '?') {
            step.bytes = all_but_slash();
            ++at;
        } else if (pattern[at] == '[') {
            auto bytes = bracket(pattern, at);
            if (!bytes) return bytes.error();
            step.bytes = *bytes;
        } else {
            if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
            step.bytes.set(static_cast<unsigned char>(pattern[at++]));
        }
        glob.steps_.push_back(step);
    }
    return glob;
}

// Follows all ways at once: which steps may come next. A kAny that a slash has to follow lets the
// next step begin only at its start, or behind a slash.
bool Glob::matches(std::string_view name) const {
    std::vector<char> now(steps_.size() + 1), next;
    const auto enter = [&](std::vector<char>& states, size_t step) {
        for (; !states[step]; ++step) {
            states[step] = 1;
            if (step == steps_.size() || steps_[step].kind == Step::Kind::kOne) return;
        }
    };
    enter(now, 0);
    for (const char character : name) {
        const auto byte = static_cast<unsigned char>(character);
        next.assign(steps_.size() + 1, 0);
        for (size_t step = 0; step < steps_.size(); ++step) {
            if (!now[step]) continue;
            const Step& is = steps_[step];
            switch (is.kind) {
                case Step::Kind::kOne:
                    if (is.bytes[byte]) enter(next, step + 1);
                    break;
                case Step::Kind::kSome:
                    if (is.bytes[byte]) enter(next, step);
                    break;
                case Step::Kind::kAny:
                    next[step] = 1;
                    if (!is.bytes['/'] || byte == '/') enter(next, step + 1);
                    break;
            }
        }
        now.swap(next);
    }
    return now[steps_.size()] != 0;
}

}  // namespace tocsin
