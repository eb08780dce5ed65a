// Enters the namespaces before the first test of the program runs.
#include <gtest/gtest.h>

#include "test_node.h"

namespace hancock::agent::test {
namespace {

class Namespaces final : public testing::Environment {
 public:
  void SetUp() override { enter_namespaces(); }
};

[[maybe_unused]] const auto* const g_environment = testing::AddGlobalTestEnvironment(new Namespaces);

}  // namespace
}  // namespace hancock::agent::test
