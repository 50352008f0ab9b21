// SPDX-License-Identifier: Apache-2.0
#include "gui/session/case_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QDir>
#include <QStandardPaths>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "analyzer/report/escape.h"
#include "formats/file_descriptor.h"

namespace tocsin::gui {
namespace {

constexpr int kKeepAfterMs = 2000;

Error cannot(const char* what, const std::string& path, const std::string& why) {
    return {std::string("cannot ") + what + " the case file " + quote(path) + ": " + why};
}

struct Bytes {
    std::string text;
    bool is_there = false;
};

// The folder may be somebody else's: neither links nor devices are read.
Result<Bytes> read_file(const std::string& path) {
    const FileDescriptor file(
        open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (file.get() < 0) {
        if (errno == ENOENT) return Bytes{};
        return cannot("read", path, errno == ELOOP ? "it is a symbolic link" : strerror(errno));
    }
    struct stat status {};
    if (fstat(file.get(), &status) != 0) return cannot("read", path, strerror(errno));
    if (!S_ISREG(status.st_mode)) return cannot("read", path, "it is no regular file");
    if (static_cast<uint64_t>(status.st_size) > kMostCaseBytes)
        return cannot("read", path,
                      "it has " + std::to_string(status.st_size) + " bytes, and at most " +
                          std::to_string(kMostCaseBytes) + " are read");
    Bytes bytes;
    bytes.is_there = true;
    std::array<char, 65536> buffer{};
    while (bytes.text.size() <= kMostCaseBytes) {
        const ssize_t got = read(file.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return cannot("read", path, strerror(errno));
        if (got == 0) break;
        bytes.text.append(buffer.data(), static_cast<size_t>(got));
    }
    return bytes;
}

// Not QSaveFile: where the name is a symbolic link, that writes what the link leads to. Whoever can
// write to the folder could put one there between a look at it and the write; rename(2) replaces
// it.
Result<> write_file(const std::string& path, const std::string& text) {
    std::string name = path + ".XXXXXX";
    FileDescriptor file(mkostemp(name.data(), O_CLOEXEC));  // of mode 0600
    if (file.get() < 0) return cannot("write", path, strerror(errno));
    const auto give_up = [&] {
        const std::string why = strerror(errno);
        unlink(name.c_str());
        return cannot("write", path, why);
    };
    for (size_t at = 0; at < text.size();) {
        const ssize_t put = write(file.get(), text.data() + at, text.size() - at);
        if (put < 0 && errno != EINTR) return give_up();
        if (put > 0) at += static_cast<size_t>(put);
    }
    if (fsync(file.get()) != 0) return give_up();
    if (rename(name.c_str(), path.c_str()) != 0) return give_up();
    return {};
}

}  // namespace

CaseFile::CaseFile(QObject* parent) : QObject(parent) {
    keeping_.setSingleShot(true);
    keeping_.setInterval(kKeepAfterMs);
    // Where this is refused, too, the next save() says why.
    connect(&keeping_, &QTimer::timeout, this, [this] { (void)keep(); });
}

CaseFile::~CaseFile() {
    if (keeping_.isActive()) (void)keep();
}

void CaseFile::note_change() {
    is_changed_ = true;
    keeping_.start();
    emit changed();
}

Verdict CaseFile::verdict(const std::string& fingerprint) const {
    const auto at = contents_.findings.find(fingerprint);
    return at != contents_.findings.end() ? at->second.verdict : Verdict::kNone;
}

void CaseFile::set_verdict(const std::string& fingerprint, Verdict verdict) {
    if (this->verdict(fingerprint) == verdict) return;
    contents_.findings[fingerprint].verdict = verdict;
    note_change();
}

QString CaseFile::note(const std::string& fingerprint) const {
    const auto at = contents_.findings.find(fingerprint);
    return at != contents_.findings.end() ? at->second.note : QString();
}

void CaseFile::set_note(const std::string& fingerprint, const QString& note) {
    if (this->note(fingerprint) == note) return;
    contents_.findings[fingerprint].note = note;
    note_change();
}

void CaseFile::set_marks(std::vector<CaseMark> marks) {
    if (marks == contents_.marks) return;
    contents_.marks = std::move(marks);
    note_change();
}

void CaseFile::set_notes(const QString& notes) {
    if (notes == contents_.notes) return;
    contents_.notes = notes;
    note_change();
}

std::string CaseFile::default_path(const std::string& trace_path) {
    return trace_path + ".case.json";
}

Result<> CaseFile::load(const std::string& path) {
    auto bytes = read_file(path);
    if (!bytes) return bytes.error();
    if (!bytes->is_there) return cannot("read", path, strerror(ENOENT));
    auto parsed = parse_case(bytes->text, trace_);
    if (const auto* error = std::get_if<CaseError>(&parsed))
        return cannot("use", path, readable(error->message) + "; nothing of it is applied");
    contents_ = std::move(std::get<CaseContents>(parsed));
    path_ = path;
    text_there_ = std::move(bytes->text);
    is_changed_ = false;
    keeping_.stop();
    emit changed();
    emit saved();
    return {};
}

Result<> CaseFile::load_for(const std::string& trace_path) {
    const std::string beside = default_path(trace_path), kept = kept_path();
    const auto time_of = [](const std::string& path) -> std::optional<int64_t> {
        struct stat status {};
        if (path.empty() || lstat(path.c_str(), &status) != 0) return std::nullopt;
        return status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec;
    };
    const auto time_beside = time_of(beside), time_kept = time_of(kept);
    const auto loaded = time_beside ? load(beside) : Result<>();
    const bool is_kept_later = time_kept && (!time_beside || *time_kept > *time_beside);
    if (!loaded || !is_kept_later) return loaded;
    auto bytes = read_file(kept);
    if (!bytes) return bytes.error();
    auto parsed = parse_case(bytes->text, trace_);
    if (const auto* error = std::get_if<CaseError>(&parsed))
        return cannot("use", kept, readable(error->message));
    contents_ = std::move(std::get<CaseContents>(parsed));
    is_changed_ = true;
    emit changed();
    emit saved();
    return {};
}

Result<> CaseFile::expect_replaceable(const std::string& path) const {
    const auto bytes = read_file(path);
    if (!bytes) return bytes.error();
    if (!bytes->is_there) return {};
    if (path == path_ && bytes->text == text_there_) return {};
    const auto parsed = parse_case(bytes->text, trace_);
    if (const auto* error = std::get_if<CaseError>(&parsed))
        return Error{"the file is not written over, as " + readable(error->message)};
    return Error{path == path_ ? "it was changed by somebody else since it was read"
                               : "there is a case file of this trace already; open that first"};
}

Result<> CaseFile::save(const std::string& path) {
    auto done = expect_replaceable(path);
    const std::string text = text_of(contents_, trace_);
    if (done) done = write_file(path, text);
    if (!done) {
        const auto kept = keep();
        return Error{"the case was not saved to " + quote(path) + ": " + done.error().message +
                     (kept ? "; it is kept in " + quote(kept_path()) : "") +
                     "; save it under another name"};
    }
    path_ = path;
    text_there_ = text;
    is_changed_ = false;
    keeping_.stop();
    if (const std::string kept = kept_path(); !kept.empty()) unlink(kept.c_str());
    emit saved();
    return {};
}

std::string CaseFile::kept_path() const {
    if (trace_.chain_hash.empty()) return {};
    return (QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) +
            QStringLiteral("/cases/") + QString::fromStdString(trace_.chain_hash) +
            QStringLiteral(".case.json"))
        .toStdString();
}

void CaseFile::discard() {
    keeping_.stop();
    is_changed_ = false;
    if (const std::string kept = kept_path(); !kept.empty()) unlink(kept.c_str());
    emit saved();
}

Result<> CaseFile::keep() {
    keeping_.stop();
    const std::string path = kept_path();
    if (path.empty()) return Error{"no trace is open"};
    const std::string folder = path.substr(0, path.rfind('/'));
    if (!QDir().mkpath(QString::fromStdString(folder)))
        return cannot("keep", path, "its folder cannot be made");
    return write_file(path, text_of(contents_, trace_));
}

}  // namespace tocsin::gui
