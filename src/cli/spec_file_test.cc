#include "cli/spec_file.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing/temp_dir.h"
#include "model/json.h"
#include "model/spec_loader.h"

namespace hancock::cli {
namespace {

class SpecFileTest : public testing::Test {
 protected:
  std::string write(const std::string& text) {
    EXPECT_TRUE(write_file(path_, text));
    return path_;
  }
  const TempDir folder_{"spec_file_test"};
  const std::string path_ = folder_ / "shop.yaml";
};

constexpr const char* kSpec =
    "app: shop\nservices:\n  web:\n    image: 127.0.0.1:5000/shop:1\n    env: {A: 'yes', B: \"010\"}\n";

TEST_F(SpecFileTest, names_file_line_field_and_value_of_a_mistake) {
  const auto spec = read_spec(
      write("app: shop\nservices:\n  web:\n    image: 127.0.0.1:5000/shop:1\n    replicas: -1\n"), {}, "");
  ASSERT_FALSE(spec);
  EXPECT_TRUE(spec.error().message.starts_with(path_ + ":5: services.web.replicas: -1: "))
      << spec.error().message;
}

TEST_F(SpecFileTest, sets_an_image_and_keeps_the_rest) {
  const auto spec = read_spec(write(kSpec), {"web.image=127.0.0.1:5000/shop:2"}, "");
  ASSERT_TRUE(spec) << spec.error().message;
  EXPECT_NE(spec->text.find("127.0.0.1:5000/shop:2"), std::string::npos);
  EXPECT_NE(spec->text.find("010"), std::string::npos);
  EXPECT_EQ(spec->app, "shop");
}

TEST_F(SpecFileTest, sets_one_place_of_what_an_alias_names) {
  write(R"(app: shop
services:
  web: &web
    image: &image 127.0.0.1:5000/shop:1
    env: {A: 1.50, B: "010", C: 'true', D: "tab\tand \"quotes\"", E: "\u00fc"}
    command: &command [/shop, --port, 80]
  api:
    image: *image
    command: *command
  db: *web
)");
  const auto before = read_spec(path_, {}, "");
  ASSERT_TRUE(before) << before.error().message;
  const auto after = read_spec(path_, {"web.image=127.0.0.1:5000/shop:2"}, "");
  ASSERT_TRUE(after) << after.error().message;
  model::AppSpec wanted = *model::load_spec(before->text);
  (*wanted.mutable_services())["web"].set_image("127.0.0.1:5000/shop:2");
  EXPECT_EQ(model::to_json(*model::load_spec(after->text)), model::to_json(wanted));
}

TEST_F(SpecFileTest, refuses_to_set_what_is_not_there) {
  write(kSpec);
  EXPECT_EQ(read_spec(path_, {"db.image=a/b:1"}, "").error().message,
            "--set: db.image=a/b:1: the file has no such service");
  EXPECT_FALSE(read_spec(path_, {"web=1"}, ""));
  EXPECT_FALSE(read_spec(path_ + ".none", {}, ""));
}

}  // namespace
}  // namespace hancock::cli
