// ScriptRunner: runs hot code on a request without a gateway around it.
//
//   ScriptRunner runner;
//   runner.head.fields.push_back({"X-Canary", "yes"});
//   EXPECT_EQ(runner.run("return slardar.exit(403)"), "");
//   EXPECT_EQ(runner.wish.answer->status, 403);
#pragma once

#include "slardar/lua/script.h"

namespace hancock::slardar::testing {

class ScriptRunner {
 public:
  ScriptRunner() {
    head.method = "GET";
    head.target = "/a?b=c";
    head.host = "shop.test";
  }

  /// Records by name, "modules.x", that scripts may require from the next load on.
  void put(const std::string& name, const std::string& text) {
    texts_[name] = std::make_shared<const LuaText>(LuaText{name, text, ""});
    script_.reset();
  }
  /// Makes its script; "" or why it cannot be.
  std::string load(const std::string& text) {
    put("script.shop.test", text);
    std::vector<LuaTextPtr> all;
    for (const auto& [name, each] : texts_) all.push_back(each);
    code_ = std::make_shared<const LuaCode>(all, *code_, WallTime());
    script_ = std::make_unique<Script>(code_->entries().at("script.shop.test"), code_, random_);
    const auto loaded = script_->load();
    return loaded ? "" : loaded.error().message;
  }
  /// The same script once more; "" or its error.
  std::string run() {
    const ScriptView view{.head = head,
                          .host = "shop.test",
                          .path = head.target.substr(0, head.target.find('?')),
                          .client = "10.1.1.1",
                          .scheme = "https",
                          .id = "0123456789abcdef",
                          .snapshot = snapshot};
    wish = ScriptWish();
    const auto done = script_->run(view, wish);
    return done ? "" : done.error().message;
  }
  std::string run(const std::string& text) {
    const std::string failed = load(text);
    return failed.empty() ? run() : failed;
  }
  /// What `expression` is, as text.
  std::string value_of(const std::string& expression) {
    const std::string failed = run("slardar.exit(200, tostring(" + expression + "))");
    return failed.empty() ? wish.answer->body : "error: " + failed;
  }
  Script& script() { return *script_; }
  LuaCodePtr code() const { return code_; }

  http::RequestView head;
  Snapshot snapshot;
  ScriptWish wish;

 private:
  SeededRandom random_{1};
  std::map<std::string, LuaTextPtr> texts_;
  LuaCodePtr code_ = std::make_shared<const LuaCode>();
  std::unique_ptr<Script> script_;
};

}  // namespace hancock::slardar::testing
