#include "slardar/tls/tls_record.h"

#include <nlohmann/json.hpp>

namespace hancock::slardar {

Result<TlsRecord> decode_tls(std::string_view text) {
  using TlsJson = nlohmann::json;
  const TlsJson body = TlsJson::parse(text, nullptr, false);
  if (!body.is_object()) return fail(ErrorCode::kInvalid, "not a JSON object");
  if (body.contains("sealed_key"))
    return tl::unexpected(Error{ErrorCode::kUnsupported, "not supported yet", "sealed_key"});
  for (const char* const member : {"chain", "key"}) {
    if (!body.contains(member) || !body[member].is_string())
      return tl::unexpected(Error{ErrorCode::kInvalid, "a text in PEM is needed", member});
  }
  auto made = io::Certificate::of_pem(body["chain"].get_ref<const std::string&>(),
                                      body["key"].get_ref<const std::string&>());
  if (!made) return forward_error(made);
  return TlsRecord{std::move(*made)};
}

}  // namespace hancock::slardar
