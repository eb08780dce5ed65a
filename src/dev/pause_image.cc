#include "dev/pause_image.h"

#include <string_view>

#include "base/command.h"
#include "base/file.h"
#include "dev/containerd_config.h"
#include "dev/image_build.h"

extern "C" {  // pause_program.S
extern const char hancock_pause_begin[];
extern const char hancock_pause_end[];
}

namespace hancock::dev {

Result<void> write_pause_archive(const std::filesystem::path& archive, const std::filesystem::path& scratch) {
  const std::string_view program(hancock_pause_begin,
                                 static_cast<size_t>(hancock_pause_end - hancock_pause_begin));
  const std::filesystem::path root = scratch / "pause";
  std::error_code error;
  std::filesystem::create_directories(root, error);
  if (error) return tl::unexpected(errno_error(error.value(), root.string()));
  if (auto ok = write_file(root / "pause", program, 0755); !ok) return ok;
  ImageSettings settings;
  settings.entrypoint = {"/pause"};
  return archive_image(root, settings, kPauseImage, archive, scratch);
}

Result<void> import_pause_image(const std::string& socket, const std::filesystem::path& archive) {
  auto imported = checked_command(
      {.argv = {"ctr", "--address", socket, "--namespace", "k8s.io", "images", "import", archive}});
  if (!imported) return forward_error(imported);
  return {};
}

}  // namespace hancock::dev
