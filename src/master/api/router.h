// Router: from method and path to the handler and the names in the path.
//
//   Router router({{"GET", "/v1/tasks/{task}", Access::kOperator, &get_task}, …});
//
// Patterns are fixed segments and {name} segments, which match one non-empty segment, percent-decoded.
// Immutable once made; any thread.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "io/async.h"

namespace hancock::master::api {

struct Call;
using Handler = io::Async<void> (*)(Call& call);

enum class Access {
  kAnyone,    // no token
  kOperator,  // an operator's token
  kAgent,     // the Agents' token, and nobody else's
};

enum class Needs {
  kLeader,   // that this Master surely leads, or ?stale; else 503
  kNothing,  // the handler looks for itself
};

struct Route {
  std::string_view method;  // "*": any
  std::string_view pattern;
  Access access = Access::kOperator;
  Handler handler = nullptr;  // null: known, but not supported yet
  Needs needs = Needs::kLeader;
};

class Router {
 public:
  explicit Router(std::vector<Route> routes);

  struct Match {
    const Route* route;
    std::vector<std::string> names;  // what stood in the place of each {…}, in order
  };
  struct NoSuchPath {};
  struct NoSuchMethod {
    std::string allowed;  // "GET, PUT"
  };
  using Outcome = std::variant<Match, NoSuchPath, NoSuchMethod>;

  Outcome match(std::string_view method, std::string_view path) const;

 private:
  struct Entry {
    Route route;
    std::vector<std::string_view> segments;  // of the route's pattern, which is static
  };
  std::vector<Entry> entries_;
};

}  // namespace hancock::master::api
