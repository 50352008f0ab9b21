#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every C and C++ file is as clang-format leaves it. Skipped (77) where the tool or git is missing.
cd "$1" || exit 1
for tool in clang-format git; do
    command -v "$tool" >/dev/null 2>&1 || { echo "skipped: there is no $tool here"; exit 77; }
done
files="$(git ls-files '*.cc' '*.h' '*.c')"
[ -n "$files" ] || { echo "skipped: this is no git checkout"; exit 77; }
# shellcheck disable=SC2086 # a list of words
if ! clang-format --dry-run -Werror $files; then
    echo "Accept what clang-format makes of them with: git ls-files '*.cc' '*.h' '*.c' |" \
        "xargs clang-format -i"
    exit 1
fi
