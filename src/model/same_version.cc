#include "model/same_version.h"

#include <google/protobuf/util/message_differencer.h>

namespace hancock::model {

bool same_version(const ServiceSpec& a, const ServiceSpec& b) {
  google::protobuf::util::MessageDifferencer differencer;
  differencer.IgnoreField(ServiceSpec::descriptor()->FindFieldByNumber(ServiceSpec::kReplicasFieldNumber));
  return differencer.Compare(a, b);
}

}  // namespace hancock::model
