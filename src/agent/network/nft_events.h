// NftEvents: what the kernel tells of changes in nftables, read for one question: has somebody else touched
// our table?
//
// Messages of NFNLGRP_NFTABLES (linux/netfilter/nf_tables.h): a transaction's changes, each with the name of
// its table, then NEWGEN with the process that made it. Pure; one owner.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <string_view>

namespace hancock::agent {

class NftEvents {
 public:
  /// `is_ours` says whether a thread is one of this process.
  NftEvents(std::string table, std::function<bool(pid_t)> is_ours)
      : table_(std::move(table)), is_ours_(std::move(is_ours)) {}

  /// One datagram. True: a transaction of somebody else's that touched the table has ended. What is cut off
  /// or no such message is passed over.
  bool take(std::string_view datagram);

 private:
  bool take_message(uint16_t type, std::string_view attributes);

  std::string table_;
  std::function<bool(pid_t)> is_ours_;
  bool touched_ = false;  // by the transaction that is being told
};

}  // namespace hancock::agent
