// The rules of W3C Trace Context, section 3.2.
#include "slardar/http/traceparent.h"

#include <gtest/gtest.h>

#include <string>

namespace hancock::slardar {
namespace {

const std::string kGood = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

std::string with(size_t at, char c) {
  std::string text = kGood;
  text[at] = c;
  return text;
}

TEST(TraceParent, takes_what_the_document_allows) {
  EXPECT_TRUE(is_traceparent(kGood));
  EXPECT_TRUE(is_traceparent("cc" + kGood.substr(2))) << "a version to come";
  EXPECT_TRUE(is_traceparent("cc" + kGood.substr(2) + "-more"));
  EXPECT_EQ(trace_id_of(kGood), "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST(TraceParent, refuses_everything_else) {
  EXPECT_FALSE(is_traceparent(""));
  EXPECT_FALSE(is_traceparent("ff" + kGood.substr(2)));
  EXPECT_FALSE(is_traceparent(kGood + "-more")) << "version 00 has no more";
  EXPECT_FALSE(is_traceparent("cc" + kGood.substr(2) + "more"));
  EXPECT_FALSE(is_traceparent(kGood.substr(0, 54)));
  for (const size_t at : {2, 35, 52}) EXPECT_FALSE(is_traceparent(with(at, '_')));
  for (const size_t at : {0, 3, 34, 36, 51, 53, 54}) {
    EXPECT_FALSE(is_traceparent(with(at, 'g')));
    EXPECT_FALSE(is_traceparent(with(at, 'A'))) << "lower case";
  }
  EXPECT_FALSE(is_traceparent("00-" + std::string(32, '0') + kGood.substr(35)));
  EXPECT_FALSE(is_traceparent(kGood.substr(0, 36) + std::string(16, '0') + "-01"));
}

TEST(TraceParent, of_several_none_counts) {
  http::RequestView head;
  EXPECT_EQ(traceparent_of(head), std::nullopt);
  head.fields = {{"Traceparent", kGood}};
  EXPECT_EQ(traceparent_of(head), kGood);
  head.fields.push_back({"traceparent", kGood});
  EXPECT_EQ(traceparent_of(head), std::nullopt);
}

TEST(TraceParent, what_is_made_is_right) {
  SeededRandom random(1);
  for (int i = 0; i < 1'000; ++i) {
    const TraceParentText text = make_traceparent(random, i % 2 == 0);
    const std::string_view made(text.data(), text.size());
    EXPECT_TRUE(is_traceparent(made)) << made;
    EXPECT_TRUE(made.ends_with(i % 2 == 0 ? "-01" : "-00"));
  }
}

}  // namespace
}  // namespace hancock::slardar
