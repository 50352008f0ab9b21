// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/race_story.h"

#include <algorithm>

#include "analyzer/report/phrases.h"

namespace tocsin {
namespace {

constexpr size_t kMostMutations = 8;

Story story_of(const NameRace& race, const Operation& use) {
    Story story{race.check.get(), {}, &use, nullptr, {}};
    for (const Mutation* mutation : mutations_shown(race))
        story.changes.push_back(mutation->operation.get());
    if (const Mutation* mutation = race.explained_by(); mutation != nullptr) {
        story.explains = mutation->operation.get();
        story.order = mutation->is_order_certain ? "certain" : "uncertain";
    }
    return story;
}

Story story_of(const ProcessRace& race, const Operation& use) {
    Story story{race.check.get(), {}, &use, race.change.get(), "that of the records"};
    if (race.change != nullptr) story.changes.push_back(race.change.get());
    return story;
}

}  // namespace

Story story_of(const Candidate& candidate) {
    return candidate.race != nullptr ? story_of(*candidate.race, *candidate.operation)
                                     : story_of(*candidate.process_race, *candidate.operation);
}

std::vector<StorySpan> spans_of(const Story& story) {
    std::vector<StorySpan> spans = {
        {"check", story.check, story.check->began, decision_of(*story.check)}};
    for (const Operation* change : story.changes) {
        const BootTime from = effect_of(*change);
        spans.push_back({"change", change, from, change->ended.value_or(from)});
    }
    spans.push_back({"use", story.use, story.use->began, decision_of(*story.use)});
    return spans;
}

std::vector<StoryGap> gaps_of(const Story& story) {
    const BootTime checked = decision_of(*story.check), used = decision_of(*story.use);
    std::vector<StoryGap> gaps;
    if (story.explains != nullptr) {
        const BootTime changed = effect_of(*story.explains);
        gaps = {{"check to change", checked, changed}, {"change to use", changed, used}};
    }
    gaps.push_back({"check to use", checked, used});
    return gaps;
}

std::vector<const Mutation*> mutations_shown(const NameRace& race) {
    std::vector<const Mutation*> shown;
    const size_t count = race.mutations.size();
    const size_t first = count > kMostMutations ? count - kMostMutations : 0;
    if (race.explanation && *race.explanation < first) shown.push_back(race.explained_by());
    for (size_t i = first; i < count; ++i) shown.push_back(&race.mutations[i]);
    return shown;
}

}  // namespace tocsin
