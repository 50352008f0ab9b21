// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/principal.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

constexpr uint64_t kAll = 0x1ffffffffff;

TaskState task(uint32_t uid, uint64_t capabilities = 0, uint32_t user_namespace = 1) {
    TaskState state;
    Credentials& ids = state.credentials;
    ids.uid = ids.euid = ids.suid = ids.fsuid = uid;
    ids.gid = ids.egid = ids.sgid = ids.fsgid = uid;
    ids.permitted = ids.effective = capabilities;
    state.namespaces.user = user_namespace;
    return state;
}

FileObject::Link file(uint32_t mode, uint32_t uid = 0, uint32_t gid = 0) {
    FileObject::Link link;
    link.mode = mode;
    link.uid = uid;
    link.gid = gid;
    return link;
}

TEST(Principal, StandingIsToldByIdsAndCapabilities) {
    EXPECT_EQ(standing_of(task(0, kAll), task(0, kAll)), Standing::kSamePrincipal);
    EXPECT_EQ(standing_of(task(0), task(0, kAll)), Standing::kOtherCapabilities);
    EXPECT_EQ(standing_of(task(1000), task(0, kAll)), Standing::kLessPrivileged);
    EXPECT_EQ(standing_of(task(0, kAll), task(1000)), Standing::kMorePrivileged);
    EXPECT_EQ(standing_of(task(1000), task(1001)), Standing::kPeer);
}

TEST(Principal, RootOfAnotherUserNamespaceIsNobodyToTrust) {
    EXPECT_EQ(standing_of(task(0, kAll, 2), task(0, kAll, 1)), Standing::kLessPrivileged);
    EXPECT_EQ(standing_of(task(0, kAll, 2), task(1000, 0, 1)), Standing::kPeer);
}

TEST(Principal, ASetUidProgramIsNotItsCaller) {
    TaskState set_uid = task(1000, kAll);
    set_uid.credentials.euid = set_uid.credentials.fsuid = 0;
    EXPECT_EQ(standing_of(task(1000), set_uid), Standing::kLessPrivileged);
}

TEST(Principal, RightsFollowOwnerGroupOthersAndCapabilities) {
    EXPECT_TRUE(may(task(1000), Right::kWrite, file(0100600, 1000)));
    EXPECT_FALSE(may(task(1000), Right::kRead, file(0100066, 1000))) << "the owner's bits count";
    EXPECT_TRUE(may(task(1000), Right::kRead, file(0100640, 0, 1000)));
    EXPECT_FALSE(may(task(1000), Right::kRead, file(0100600)));
    EXPECT_TRUE(may(task(0, kAll), Right::kRead, file(0100000, 1000)));
    EXPECT_TRUE(may(task(1000), Right::kOwn, file(0100600, 1000)));
    EXPECT_FALSE(may(task(1000), Right::kOwn, file(0100666)));
}

TEST(Principal, CapabilitiesMakeNoFileAProgram) {
    EXPECT_FALSE(may(task(0, kAll), Right::kExecute, file(0100644, 1000)));
    EXPECT_TRUE(may(task(0, kAll), Right::kExecute, file(0100744, 1000)));
    EXPECT_TRUE(may(task(0, kAll), Right::kExecute, file(0040700, 1000)));
}

}  // namespace
}  // namespace tocsin
