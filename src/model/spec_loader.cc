#include "model/spec_loader.h"

#include <utility>

#include "model/spec_parts.h"
#include "model/spec_report.h"
#include "model/yaml_tree.h"

namespace hancock::model {
namespace {

using spec::Key;
using spec::Place;
using spec::Report;
using spec::Schema;

constexpr std::string_view kServicesRule = "a map of 1 to 100 names and services";

void read_services(Report& report, const Place& place, AppSpec& app) {
  if (!place.is(YamlNode::Kind::kMap) || place.size() == 0 || place.size() > spec::kSpecListMax) {
    return report.wrong(place, kServicesRule);
  }
  const auto service_name = spec::name();
  for (const auto& [key, service] : report.entries(place)) {
    if (!service_name.parse(key)) report.wrong_key(service, key, service_name.allowed);
    ServiceSpec& target = (*app.mutable_services())[std::string(key)];
    spec::service_schema().read(report, service, target);
    if (service.is(YamlNode::Kind::kMap)) spec::settle_service(report, service, target);
  }
  spec::check_entrances(report, place);
}

const Schema<AppSpec>& app_schema() {
  static const Schema<AppSpec> schema({
      spec::required("app", spec::name(), spec::into(&AppSpec::mutable_app)),
      spec::optional("tenant", spec::name(), spec::into(&AppSpec::mutable_tenant)),
      Key<AppSpec>{"services", read_services},
  });
  return schema;
}

}  // namespace

tl::expected<AppSpec, std::vector<SpecError>> load_spec(std::string_view text, const SpecOptions& options) {
  auto tree = parse_yaml(text, kSpecMaxBytes);
  if (!tree) return tl::unexpected(std::vector{std::move(tree.error())});
  Report report(kSpecMaxErrors);
  AppSpec app;
  app.set_tenant(options.default_tenant);
  app_schema().read(report, Place(*tree), app);
  if (!report.empty()) return tl::unexpected(report.take());
  return app;
}

}  // namespace hancock::model
