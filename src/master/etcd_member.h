// The command line of this Master's etcd member (Debian's 3.4; 3.5 and 3.6 take the same flags). Pure.
#pragma once

#include <string>
#include <vector>

#include "master/data_folder.h"
#include "master/options.h"

namespace hancock::master {

std::vector<std::string> etcd_command(const MasterOptions& options, const DataPaths& paths);

}  // namespace hancock::master
