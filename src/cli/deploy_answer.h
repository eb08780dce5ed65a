// What the Masters answer to a spec: which Version and Deployment each Service got.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/error.h"

namespace hancock::cli {

struct DeployAnswer {
  struct Started {
    uint32_t version = 0;
    std::string deployment;  // "": nothing but perhaps the number of replicas changed
    bool removed = false;    // the file names it no longer
  };
  int64_t index = 0;
  std::map<std::string, Started> services;
};

/// Of what concerns one Service: a rollback.
Result<DeployAnswer::Started> parse_started(std::string_view text);
Result<DeployAnswer> parse_deploy_answer(std::string_view text);

}  // namespace hancock::cli
