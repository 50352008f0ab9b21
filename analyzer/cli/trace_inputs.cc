// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/trace_inputs.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "analyzer/report/escape.h"

namespace tocsin {
namespace {

Result<std::vector<std::string>> traces_in(const std::string& directory) {
    std::error_code error;
    std::vector<std::string> paths;
    for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end;
         at.increment(error))
        if (at->path().extension() == ".tocsin") paths.push_back(at->path().string());
    if (error)
        return Error{"cannot read the directory " + quote(directory) + ": " + error.message()};
    if (paths.empty())
        return Error{"the directory " + quote(directory) +
                     " holds no *.tocsin file; name the traces themselves"};
    std::sort(paths.begin(), paths.end());
    return paths;
}

}  // namespace

Result<std::vector<std::string>> trace_paths(const std::vector<std::string>& operands) {
    if (std::count(operands.begin(), operands.end(), "-") > 1)
        return Error{"- is named twice, and standard input holds one trace; name a file"};
    std::vector<std::string> paths;
    for (const std::string& operand : operands) {
        std::error_code ignored;  // what is no directory is opened, and complained about, later
        if (!std::filesystem::is_directory(operand, ignored)) {
            paths.push_back(operand);
            continue;
        }
        auto inside = traces_in(operand);
        if (!inside) return inside.error();
        paths.insert(paths.end(), inside->begin(), inside->end());
    }
    return paths;
}

std::string display_name(const std::string& path) {
    return path == "-" ? "standard input" : path;
}

}  // namespace tocsin
