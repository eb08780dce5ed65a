// A network of a test program's own: nobody else takes its ports, so that it can run beside other tests.
//
// `hancock_test(… OWN_NETWORK)` links it in; it is entered before the first test.
#pragma once

namespace hancock {

/// Enters it, once, before the program's first thread. False: it takes root, and we are in the machine's.
bool enter_own_network();

}  // namespace hancock
