#include "agent/cri/client.h"

#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <mutex>

#include "agent/cri/call_set.h"
#include "agent/cri/convert.h"
#include "runtime.grpc.pb.h"

namespace hancock::agent::cri {
namespace {

namespace v1 = runtime::v1;

constexpr int kMessageBytesMax = 64 << 20;
constexpr Duration kGraceSlack = 20s;  // what StopContainer may take beyond the grace
constexpr Duration kExecSlack = 1s;

std::shared_ptr<grpc::Channel> open_channel(const std::string& socket_path) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMessageBytesMax);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a new channel connects anew
  return grpc::CreateCustomChannel("unix:" + socket_path, grpc::InsecureChannelCredentials(), arguments);
}

ErrorCode code_of(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::NOT_FOUND:
      return ErrorCode::kNotFound;
    case grpc::StatusCode::ALREADY_EXISTS:
      return ErrorCode::kConflict;
    case grpc::StatusCode::INVALID_ARGUMENT:
      return ErrorCode::kInvalid;
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNAUTHENTICATED:
      return ErrorCode::kDenied;
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::UNIMPLEMENTED:
      return ErrorCode::kUnavailable;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return ErrorCode::kTimeout;
    case grpc::StatusCode::CANCELLED:
      return ErrorCode::kCancelled;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return ErrorCode::kTooLarge;
    default:
      return ErrorCode::kInternal;
  }
}

/// A thing that is gone already has been stopped and removed.
Result<void> done_if_missing(Result<void> result) {
  if (!result && result.error().code == ErrorCode::kNotFound) return {};
  return result;
}

/// Looked at again here: a runtime that does not know a filter gives everything.
bool matches(const Labels& has, const Labels& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
    const auto found = has.find(label.first);
    return found != has.end() && found->second == label.second;
  });
}

v1::ContainerFilter container_filter(const Labels& labels) {
  v1::ContainerFilter filter;
  filter.mutable_label_selector()->insert(labels.begin(), labels.end());
  return filter;
}

}  // namespace

class Client::Impl {
 public:
  explicit Impl(const std::string& socket_path) : socket_path_(socket_path) {}

  template <class Request, class Reply>
  using RuntimeMethod = grpc::Status (v1::RuntimeService::Stub::*)(grpc::ClientContext*, const Request&,
                                                                   Reply*);
  template <class Request, class Reply>
  using ImageMethod = grpc::Status (v1::ImageService::Stub::*)(grpc::ClientContext*, const Request&, Reply*);

  template <class Request, class Reply>
  Result<Reply> call(RuntimeMethod<Request, Reply> method, const Request& request, Duration timeout) {
    const auto connection = connect();
    CallSet::Entry entry(calls_, timeout);
    Reply reply;
    return finish(connection, (connection->runtime.get()->*method)(entry.context(), request, &reply), reply);
  }
  template <class Request, class Reply>
  Result<Reply> call(ImageMethod<Request, Reply> method, const Request& request, Duration timeout) {
    const auto connection = connect();
    CallSet::Entry entry(calls_, timeout);
    Reply reply;
    return finish(connection, (connection->images.get()->*method)(entry.context(), request, &reply), reply);
  }

  void cancel() { calls_.cancel(); }

 private:
  struct Connection {
    explicit Connection(const std::shared_ptr<grpc::Channel>& channel)
        : runtime(v1::RuntimeService::NewStub(channel)), images(v1::ImageService::NewStub(channel)) {}
    std::unique_ptr<v1::RuntimeService::Stub> runtime;
    std::unique_ptr<v1::ImageService::Stub> images;
  };

  std::shared_ptr<Connection> connect() {
    const std::lock_guard lock(mutex_);
    if (!connection_) connection_ = std::make_shared<Connection>(open_channel(socket_path_));
    return connection_;
  }

  template <class Reply>
  Result<Reply> finish(const std::shared_ptr<Connection>& used, const grpc::Status& status, Reply& reply) {
    if (status.ok()) return std::move(reply);
    if (status.error_code() == grpc::StatusCode::UNAVAILABLE) {
      // gRPC would now refuse calls for seconds; who calls has a back-off of its own, and starts afresh.
      const std::lock_guard lock(mutex_);
      if (connection_ == used) connection_.reset();
    }
    return tl::unexpected(error_of(status));
  }

  Error error_of(const grpc::Status& status) const {
    const ErrorCode code = code_of(status.error_code());
    if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
      return {code,
              fmt::format("containerd at {} runs without its CRI plugin (its log says why)", socket_path_),
              {}};
    }
    if (code == ErrorCode::kUnavailable || code == ErrorCode::kTimeout) {
      return {code,
              fmt::format("containerd at {} does not answer: {}", socket_path_, status.error_message()),
              {}};
    }
    return {code, status.error_message(), {}};
  }

  const std::string& socket_path_;
  std::mutex mutex_;
  std::shared_ptr<Connection> connection_;  // guarded by mutex_
  CallSet calls_;
};

Client::Client(std::string socket_path)
    : socket_path_(std::move(socket_path)), impl_(std::make_unique<Impl>(socket_path_)) {}
Client::~Client() = default;

void Client::cancel() { impl_->cancel(); }

Result<RuntimeStatus> Client::status() {
  const auto reply = impl_->call(&v1::RuntimeService::Stub::Status, v1::StatusRequest{}, kAskTimeout);
  return reply.map([](const v1::StatusResponse& answer) { return from(answer.status()); });
}

Result<std::map<std::string, std::string>> Client::details() {
  v1::StatusRequest request;
  request.set_verbose(true);
  const auto reply = impl_->call(&v1::RuntimeService::Stub::Status, request, kAskTimeout);
  return reply.map([](const v1::StatusResponse& answer) {
    return std::map<std::string, std::string>(answer.info().begin(), answer.info().end());
  });
}

Result<std::string> Client::pull_image(const std::string& reference, Duration timeout) {
  v1::PullImageRequest request;
  request.mutable_image()->set_image(reference);
  const auto reply = impl_->call(&v1::ImageService::Stub::PullImage, request, timeout);
  return reply.map([](const v1::PullImageResponse& answer) { return answer.image_ref(); });
}

Result<std::optional<Image>> Client::image(const std::string& reference) {
  v1::ImageStatusRequest request;
  request.mutable_image()->set_image(reference);
  const auto reply = impl_->call(&v1::ImageService::Stub::ImageStatus, request, kAskTimeout);
  return reply.map([](const v1::ImageStatusResponse& answer) {
    return answer.has_image() ? std::optional(from(answer.image())) : std::nullopt;
  });
}

Result<std::vector<Image>> Client::images() {
  const auto reply = impl_->call(&v1::ImageService::Stub::ListImages, v1::ListImagesRequest{}, kAskTimeout);
  return reply.map([](const v1::ListImagesResponse& answer) {
    std::vector<Image> result;
    for (const auto& image : answer.images()) result.push_back(from(image));
    return result;
  });
}

Result<void> Client::remove_image(const std::string& id) {
  v1::RemoveImageRequest request;
  request.mutable_image()->set_image(id);
  const auto reply = impl_->call(&v1::ImageService::Stub::RemoveImage, request, kChangeTimeout);
  return done_if_missing(reply.map([](const auto&) {}));
}

Result<std::string> Client::image_folder() {
  auto reply = impl_->call(&v1::ImageService::Stub::ImageFsInfo, v1::ImageFsInfoRequest{}, kAskTimeout);
  if (!reply) return forward_error(reply);
  if (reply->image_filesystems_size() == 0) {
    return fail(ErrorCode::kUnsupported, "containerd does not tell where its images lie");
  }
  return reply->image_filesystems(0).fs_id().mountpoint();
}

Result<std::string> Client::run_sandbox(const SandboxSpec& spec) {
  v1::RunPodSandboxRequest request;
  fill(spec, *request.mutable_config());
  const auto reply = impl_->call(&v1::RuntimeService::Stub::RunPodSandbox, request, kChangeTimeout);
  return reply.map([](const v1::RunPodSandboxResponse& answer) { return answer.pod_sandbox_id(); });
}

Result<SandboxStatus> Client::sandbox(const std::string& id) {
  v1::PodSandboxStatusRequest request;
  request.set_pod_sandbox_id(id);
  const auto reply = impl_->call(&v1::RuntimeService::Stub::PodSandboxStatus, request, kAskTimeout);
  return reply.map([](const v1::PodSandboxStatusResponse& answer) { return from(answer.status()); });
}

Result<int> Client::sandbox_process(const std::string& id) {
  v1::PodSandboxStatusRequest request;
  request.set_pod_sandbox_id(id);
  request.set_verbose(true);
  const auto reply = impl_->call(&v1::RuntimeService::Stub::PodSandboxStatus, request, kAskTimeout);
  return reply.map([](const v1::PodSandboxStatusResponse& answer) { return pid_of(answer); });
}

Result<std::vector<SandboxStatus>> Client::sandboxes(const Labels& labels) {
  v1::ListPodSandboxRequest request;
  request.mutable_filter()->mutable_label_selector()->insert(labels.begin(), labels.end());
  const auto reply = impl_->call(&v1::RuntimeService::Stub::ListPodSandbox, request, kAskTimeout);
  return reply.map([&](const v1::ListPodSandboxResponse& answer) {
    std::vector<SandboxStatus> result;
    for (const auto& item : answer.items()) {
      if (SandboxStatus sandbox = from(item); matches(sandbox.labels, labels))
        result.push_back(std::move(sandbox));
    }
    return result;
  });
}

Result<void> Client::remove_sandbox(const std::string& id) {
  v1::StopPodSandboxRequest stop;
  stop.set_pod_sandbox_id(id);
  const auto stopped = impl_->call(&v1::RuntimeService::Stub::StopPodSandbox, stop, kChangeTimeout);
  if (auto done = done_if_missing(stopped.map([](const auto&) {})); !done) return done;
  v1::RemovePodSandboxRequest remove;
  remove.set_pod_sandbox_id(id);
  const auto removed = impl_->call(&v1::RuntimeService::Stub::RemovePodSandbox, remove, kChangeTimeout);
  return done_if_missing(removed.map([](const auto&) {}));
}

Result<std::string> Client::create_container(const std::string& sandbox, const ContainerSpec& spec,
                                             const SandboxSpec& sandbox_spec) {
  v1::CreateContainerRequest request;
  request.set_pod_sandbox_id(sandbox);
  fill(spec, *request.mutable_config());
  fill(sandbox_spec, *request.mutable_sandbox_config());
  const auto reply = impl_->call(&v1::RuntimeService::Stub::CreateContainer, request, kChangeTimeout);
  return reply.map([](const v1::CreateContainerResponse& answer) { return answer.container_id(); });
}

Result<void> Client::start_container(const std::string& id) {
  v1::StartContainerRequest request;
  request.set_container_id(id);
  return impl_->call(&v1::RuntimeService::Stub::StartContainer, request, kChangeTimeout).map([](const auto&) {
  });
}

Result<ContainerStatus> Client::container(const std::string& id) {
  v1::ContainerStatusRequest request;
  request.set_container_id(id);
  request.set_verbose(true);
  const auto reply = impl_->call(&v1::RuntimeService::Stub::ContainerStatus, request, kAskTimeout);
  return reply.map([](const v1::ContainerStatusResponse& answer) { return from(answer); });
}

Result<std::vector<Container>> Client::containers(const Labels& labels) {
  v1::ListContainersRequest request;
  *request.mutable_filter() = container_filter(labels);
  const auto reply = impl_->call(&v1::RuntimeService::Stub::ListContainers, request, kAskTimeout);
  return reply.map([&](const v1::ListContainersResponse& answer) {
    std::vector<Container> result;
    for (const auto& item : answer.containers()) {
      if (Container container = from(item); matches(container.labels, labels))
        result.push_back(std::move(container));
    }
    return result;
  });
}

Result<void> Client::stop_container(const std::string& id, Duration grace) {
  v1::StopContainerRequest request;
  request.set_container_id(id);
  request.set_timeout(std::chrono::ceil<std::chrono::seconds>(grace).count());
  const auto reply = impl_->call(&v1::RuntimeService::Stub::StopContainer, request, grace + kGraceSlack);
  return done_if_missing(reply.map([](const auto&) {}));
}

Result<void> Client::remove_container(const std::string& id) {
  v1::RemoveContainerRequest request;
  request.set_container_id(id);
  const auto reply = impl_->call(&v1::RuntimeService::Stub::RemoveContainer, request, kChangeTimeout);
  return done_if_missing(reply.map([](const auto&) {}));
}

Result<void> Client::reopen_log(const std::string& id) {
  v1::ReopenContainerLogRequest request;
  request.set_container_id(id);
  return impl_->call(&v1::RuntimeService::Stub::ReopenContainerLog, request, kAskTimeout)
      .map([](const auto&) {});
}

Result<ExecResult> Client::exec(const std::string& id, const std::vector<std::string>& command,
                                Duration timeout) {
  v1::ExecSyncRequest request;
  request.set_container_id(id);
  request.mutable_cmd()->Assign(command.begin(), command.end());
  request.set_timeout(std::chrono::ceil<std::chrono::seconds>(timeout).count());  // the interface's unit
  const auto reply = impl_->call(&v1::RuntimeService::Stub::ExecSync, request, timeout + kExecSlack);
  return reply.map([](const v1::ExecSyncResponse& answer) {
    return ExecResult{answer.exit_code(), answer.stdout() + answer.stderr()};
  });
}

}  // namespace hancock::agent::cri
