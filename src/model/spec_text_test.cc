// What is said about texts that are no spec as a whole, to the letter.
#include <gtest/gtest.h>

#include "model/spec_testing.h"

namespace hancock::model {
namespace {

TEST(SpecText, is_one_document) {
  expect_refusals(whole, {
                             {"", "1: empty"},
                             {"# nothing\n", "1: empty"},
                             {"- a\n", "1: the spec: […]: must be a map of keys and values"},
                             {"shop", "1: the spec: shop: must be a map of keys and values"},
                             {"app: [\n", "2: not YAML or JSON: end of sequence flow not found"},
                             {"app: 1\n---\nb: 2\n", "2: a second document starts here"},
                             {"app: 1\n...\n---\n", "3: a second document starts here"},
                             {R"({"app":1}{"app":2})", "1: a second document starts here"},
                         });
}

TEST(SpecText, has_no_tags_loops_or_deep_nesting) {
  expect_refusals(whole,
                  {
                      {"app: &a [*a]\n", "1: an alias to what it stands in"},
                      {"app: !!int 5\n", "1: the tag tag:yaml.org,2002:int"},
                      {"app: !mine {}\n", "1: the tag !mine"},
                      {"a: &a [1]\nb: *c\n", "2: not YAML or JSON: the referenced anchor is not defined"},
                      {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "1: nested more than 32 deep"},
                      {R"(app: "\0"
)",
                       R"(1: a zero byte (\0) in a string)"},
                  });
}

TEST(SpecText, top_has_app_and_services) {
  expect_refusals(
      whole,
      {
          {"{}",
           "1: app: missing: must be a name: [a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?\n1: services: missing: must "
           "be a map of 1 to 100 names and services"},
          {"app: Shop\nservices: {}\n",
           "1: app: Shop: must be a name: [a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?\n2: services: {}: must be a map "
           "of 1 to 100 names and services"},
          {"app: shop\nservices: [web]\n", "2: services: […]: must be a map of 1 to 100 names and services"},
          {"app: shop\nservices:\n", "2: services: null: must be a map of 1 to 100 names and services"},
          {"app: shop\nservices: {Web: {image: 'a:1'}}\n",
           "2: services.Web: key must be a name: [a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?"},
          {"app: shop\nservices: {web: null}\n", "2: services.web: null: must be a map of keys and values"},
          {"app: shop\ntenant: ''\nservices: {web: {image: 'a:1'}}\n",
           R"(2: tenant: "": must be a name: [a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?)"},
          {"app: shop\nservice: {web: {image: 'a:1'}}\n",
           "1: services: missing: must be a map of 1 to 100 names and services\n2: service: unknown key, did "
           "you mean services?"},
          {"app: shop\napp: shop\nservices: {web: {image: 'a:1'}}\n",
           "2: app: key written twice, first in line 1"},
          {"app: shop\nservices: {web: {image: 'a:1'}}\n? [x]\n: y\n", R"(4: "": a key must be a word)"},
          {"app: shop\ncallbacks: []\nservices: {web: {image: 'a:1'}}\n",
           "2: callbacks: unknown key, must be one of the keys app, tenant, services"},
          {"app: shop\nservices:\n  web: {image: 'a:1'}\n  web: {image: 'a:2'}\n",
           "4: services.web: key written twice, first in line 3"},
      });
}

}  // namespace
}  // namespace hancock::model
