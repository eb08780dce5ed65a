#include "agent/images/image_keeper.h"

#include <sys/statvfs.h>

#include <nlohmann/json.hpp>

#include "base/log.h"

namespace hancock::agent {
namespace {

constexpr Duration kMeasure = 30s;
constexpr Duration kMeasureFirst = 200ms;  // until everything needed for it is known

Result<DiskUse> disk_use(const std::string& folder) {
  struct statvfs info {};
  if (::statvfs(folder.c_str(), &info) != 0) return tl::unexpected(errno_error(errno, "statvfs " + folder));
  return DiskUse{.used_bytes = (info.f_blocks - info.f_bfree) * info.f_frsize,
                 .free_bytes = info.f_bavail * info.f_frsize};
}

/// The image of each sandbox's pause process: no container's, and not pinned by older runtimes.
Result<std::string> pause_image(const std::map<std::string, std::string>& details) {
  const auto config = details.find("config");
  const std::string text = config == details.end() ? "" : config->second;
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  const std::string image = json.is_object() ? json.value("sandboxImage", "") : "";
  if (image.empty()) return fail(ErrorCode::kUnsupported, "the runtime does not tell its sandboxes' image");
  return image;
}

}  // namespace

struct ImageKeeper::Disk {
  std::string folder;
  int percent = 0;
};

struct ImageKeeper::Stock {
  std::vector<cri::Image> images;
  std::set<std::string> used;  // by containers and sandboxes
};

io::Async<void> ImageKeeper::run() {
  io::Loop& loop = runtime_.loop();
  while (!table_.adopted() || !table_.complete()) co_await loop.sleep_for(kMeasureFirst);
  while (true) {
    co_await look();
    co_await loop.sleep_for(kMeasure);
  }
}

io::Async<void> ImageKeeper::look() {
  auto disk = co_await measure();
  if (!disk) co_return;  // the runtime is away, which is said elsewhere
  if (disk->percent < limits_.high) co_return note_room(*disk);
  has_room_ = false;
  auto stock = co_await take_stock();
  if (!stock) {
    log::warn("images", "nothing can be collected: {}", stock.error().message);
    co_return;
  }
  auto left = co_await collect(std::move(*stock), std::move(*disk));
  if (!left) co_return log::warn("images", "{}", left.error().message);
  note(left->percent < limits_.high
           ? ""
           : fmt::format("the disk of images, {}, is {}% full (collected at {}%), and no image is left "
                         "that nobody needs",
                         left->folder, left->percent, limits_.high));
}

io::Async<Result<ImageKeeper::Disk>> ImageKeeper::measure() {
  auto work = [](cri::Client& client) -> Result<Disk> {
    auto folder = client.image_folder();
    if (!folder) return forward_error(folder);
    auto use = disk_use(*folder);
    if (!use) return forward_error(use);
    return Disk{*folder, use->percent()};
  };
  co_return co_await runtime_.call(Runtime::Lane::kHealth, std::move(work));
}

io::Async<Result<ImageKeeper::Stock>> ImageKeeper::take_stock() {
  images_.history().begin_look();
  auto work = [](cri::Client& client) -> Result<Stock> {
    Stock stock;
    auto details = client.details();
    if (!details) return forward_error(details);
    auto pause = pause_image(*details);
    if (!pause) return forward_error(pause);
    stock.used.insert(*pause);
    auto images = client.images();
    if (!images) return forward_error(images);
    stock.images = std::move(*images);
    auto containers = client.containers({});  // after the images: what one was just made from is among them
    if (!containers) return forward_error(containers);
    for (const cri::Container& container : *containers) stock.used.insert(container.image);
    return stock;
  };
  co_return co_await runtime_.call(Runtime::Lane::kChange, std::move(work));
}

io::Async<Result<ImageKeeper::Disk>> ImageKeeper::collect(Stock stock, Disk disk) {
  std::set<std::string> there;
  for (const cri::Image& image : stock.images) there.insert(image.id);
  images_.history().keep_only(there);
  std::set<std::string> kept = needed();
  kept.merge(stock.used);
  size_t removed = 0;
  const int before = disk.percent;
  for (const std::string& id : removable_images(stock.images, images_.history(), kept)) {
    if (disk.percent <= limits_.low) break;
    if (needed().contains(id)) continue;  // since just now
    auto done = co_await images_.remove(id);
    if (!done) {
      log::warn("images", "{} stays: {}", id, done.error().message);
      continue;
    }
    ++removed;
    auto now = co_await measure();
    if (!now) co_return now;
    disk = std::move(*now);
  }
  if (removed > 0) {
    log::info("images", "{} images collected: {} was {}% full and is {}%", removed, disk.folder, before,
              disk.percent);
  }
  co_return disk;
}

std::set<std::string> ImageKeeper::needed() const {
  std::set<std::string> result;
  for (const auto& [task, runner] : table_.all()) {
    result.insert(runner->image());
    result.merge(images_.history().newest_two(model::service_of(runner->assignment())));
  }
  return result;
}

void ImageKeeper::note_room(const Disk& disk) {
  if (!std::exchange(has_room_, true)) {
    log::info("images", "the disk of images, {}, is {}% full; images are collected at {}%", disk.folder,
              disk.percent, limits_.high);
  }
  note("");
}

void ImageKeeper::note(std::string problem) {
  if (problem == problem_) return;
  if (!problem.empty()) log::error("images", "{}", problem);
  problem_ = std::move(problem);
  changed_();
}

}  // namespace hancock::agent
