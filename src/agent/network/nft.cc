#include "agent/network/nft.h"

extern "C" {
#include <nftables/libnftables.h>
}

#include <algorithm>
#include <cstdlib>

#include "base/log.h"

namespace hancock::agent {
namespace {

ErrorCode code_of(const std::string& text) {
  if (text.find("File exists") != std::string::npos) return ErrorCode::kConflict;
  if (text.find("No such file") != std::string::npos) return ErrorCode::kNotFound;
  if (text.find("Operation not permitted") != std::string::npos) return ErrorCode::kDenied;
  return ErrorCode::kInternal;
}

}  // namespace

Nft::Nft() : context_(nft_ctx_new(NFT_CTX_DEFAULT)) {
  if (context_ == nullptr || nft_ctx_buffer_output(context_) != 0 || nft_ctx_buffer_error(context_) != 0) {
    log::error("network", "libnftables gives no context");
    std::abort();
  }
}

Nft::~Nft() { nft_ctx_free(context_); }

Result<void> Nft::run(const std::string& commands) {
  auto output = execute(commands, 0);
  if (!output) return forward_error(output);
  return {};
}

Result<std::string> Nft::list(const std::string& command) { return execute(command, NFT_CTX_OUTPUT_JSON); }

Result<std::string> Nft::execute(const std::string& commands, unsigned output_flags) {
  nft_ctx_output_set_flags(context_, output_flags);
  const int failed = nft_run_cmd_from_buffer(context_, commands.c_str());
  std::string output = nft_ctx_get_output_buffer(context_);
  std::string error = nft_ctx_get_error_buffer(context_);
  if (failed == 0) return output;
  const std::string first_line = error.substr(0, error.find('\n'));
  return fail(code_of(error), "nft: {}", first_line.empty() ? "failed without a word" : first_line);
}

}  // namespace hancock::agent
