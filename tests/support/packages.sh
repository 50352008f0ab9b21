# SPDX-License-Identifier: Apache-2.0
# Sourced by the two commands of the README: the Debian 12 packages that each step needs.

BUILD_PACKAGES="g++ cmake ninja-build pkg-config clang llvm bpftool libbpf-dev libelf-dev zlib1g-dev
 linux-libc-dev capnproto libcapnp-dev libzstd-dev libssl-dev libfmt-dev libcli11-dev
 nlohmann-json3-dev libre2-dev libtomlplusplus-dev libjemalloc-dev"
GUI_PACKAGES="qt6-base-dev libqt6svg6-dev libgl-dev qt6-qpa-plugins fonts-dejavu-core"
TEST_PACKAGES="clang-format libclang-rt-dev libgtest-dev libgmock-dev libbenchmark-dev zstd python3 diffutils git
 make qemu-system-x86 busybox-static cpio debian-archive-keyring
 desktop-file-utils appstream shared-mime-info libxml2-utils libglib2.0-bin xvfb xdotool xclip"

# Installs those of the packages named that are not installed. Says what to do where it may not.
install_missing() {
    missing=""
    for package in "$@"; do
        case "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" in
            installed) ;;
            *) missing="$missing $package" ;;
        esac
    done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" = 0 ]; then
        as_root=""
    elif command -v sudo >/dev/null 2>&1; then
        as_root="sudo"
    else
        echo "These packages are missing and only root can install them:$missing" >&2
        echo "Run as root: apt-get install$missing" >&2
        return 1
    fi
    echo "Installing:$missing" >&2
    # shellcheck disable=SC2086 # a list of words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >/dev/null
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends $missing >/dev/null
}
