// References to container images, as the OCI distribution world writes them:
// [HOST[:PORT]/]PATH[:TAG][@ALGORITHM:HEX]. Pure; any thread.
#pragma once

#include <string_view>

namespace hancock::model {

inline constexpr std::string_view kImageRule =
    "an image with a tag or a digest, like 127.0.0.1:5000/shop:1 or shop@sha256:<64 hex digits>";

/// True for a reference with tag, digest (sha256 or sha512) or both.
bool is_image_reference(std::string_view text);

}  // namespace hancock::model
