// What an error of the container runtime means for a Task, and how to say it to its owner. Pure; any thread.
#pragma once

#include <string>

#include "agent/task/task_state.h"
#include "base/error.h"

namespace hancock::agent {

/// Is the image gone or refused (hopeless), or does the registry not answer (others)?
Blame blame_of_pull(const Error& error);
/// "image 127.0.0.1:5000/shop:9 cannot be pulled: not found".
std::string explain_pull(const std::string& image, const Error& error);

/// Can this command never start (hopeless), or is it worth another try?
/// Ports, cgroup, sandbox, network: never the Task's fault.
std::string explain_prepare(const Error& error);
Blame blame_of_start(const Error& error);
std::string explain_start(const Error& error);

}  // namespace hancock::agent
