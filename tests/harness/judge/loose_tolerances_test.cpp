#include "harness/judge/loose_tolerances.hpp"

#include <gmock/gmock.h>

namespace sipharness::judge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(LooseTolerances, are_told_with_the_default_of_the_kind) {
  scenario::Profile profile;
  profile.kind = "process";
  profile.tolerances = scenario::default_tolerances("process");
  profile.tolerances.timer = {60ms, 20};
  profile.tolerances.overlap = 1s;
  EXPECT_THAT(loose_tolerances(profile),
              ElementsAre("the profile widens tolerances.timer to max(60ms, 20 %); the default of "
                          "kind \"process\" is max(60ms, 5 %)",
                          "the profile widens tolerances.overlap to 1s; the default of kind "
                          "\"process\" is 200ms"));
}

TEST(LooseTolerances, are_none_where_they_are_the_default_or_tighter) {
  for (const char* kind : {"reference", "process", "phone", "external"}) {
    scenario::Profile profile;
    profile.kind = kind;
    profile.tolerances = scenario::default_tolerances(kind);
    profile.tolerances.nodup = 100ms;
    EXPECT_THAT(loose_tolerances(profile), IsEmpty());
  }
}

}  // namespace
}  // namespace sipharness::judge
