// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string>

#include "forms.h"
#include "samples/support/absent_page.h"
#include "samples/support/opened_file.h"
#include "samples/support/swappable_path.h"

Tally run_fault_form(const std::string& directory, const Request& request) {
    Tally tally;
    AbsentPage page;
    SwappablePath<uint64_t> path;
    if (a_debugger_would_hang() || !path.lay_out(directory, kDecoy, request.rewrite) ||
        !page.open(plain_open_how()))
        return tally.in_trouble = true, tally;
    FaultHandler handler(page, [&path] {
        path.put(kHidden);
        return true;
    });
    while (wants_another_try(request, tally)) {
        path.put(kDecoy);
        if (!page.empty_again()) return tally.in_trouble = true, tally;
        const auto* const how = reinterpret_cast<const open_how*>(page.address());
        const OpenedFile opened = identify(open_with(path.text(), how));
        report_open(tally, opened, opened.name == kHidden, "");
        if (handler.in_trouble()) tally.in_trouble = true;
    }
    return tally;
}
