# SPDX-License-Identifier: Apache-2.0
# Sourced: skips, with the reason, where this machine cannot build fuzzers.

skip_without_fuzzer() {
    command -v clang++ >/dev/null 2>&1 || {
        echo "skipped: there is no clang++ here (Debian: apt-get install clang)"
        exit 77
    }
    program="$(mktemp)"
    if ! echo 'extern "C" int LLVMFuzzerTestOneInput(const char*, long) { return 0; }' |
        clang++ -x c++ -fsanitize=fuzzer,address,undefined -o "$program" - 2>/dev/null; then
        rm -f "$program"
        echo "skipped: clang++ cannot link libFuzzer or its sanitizers" \
            "(Debian: apt-get install libclang-rt-dev)"
        exit 77
    fi
    rm -f "$program"
}
