// The table of the API: every path of docs/api.md, also those that later versions fill in.
#pragma once

#include "master/api/router.h"

namespace hancock::master::api {

const Router& api_router();

}  // namespace hancock::master::api
