// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/name_text.h"
namespace tocsin {
std::optional<std::string> absolute_name(const Operation&, const Operand& operand,
                                         const WorldState&) {
    std::string t(operand.kernel  ? std::string_view(operand.kernel->bytes)
                  : operand.entry ? std::string_view(operand.entry->bytes)
                                  : std::string_view());
    if (!t.starts_with('/')) return std::nullopt;
    return t;
}
}  // namespace tocsin
