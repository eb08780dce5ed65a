#include "agent/network/nft_events.h"

#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace hancock::agent {
namespace {

constexpr uint16_t kNameOfTable = 1;  // NFTA_TABLE_NAME, NFTA_CHAIN_TABLE, … all have this number

static_assert(NFTA_TABLE_NAME == kNameOfTable && NFTA_CHAIN_TABLE == kNameOfTable &&
              NFTA_RULE_TABLE == kNameOfTable && NFTA_SET_TABLE == kNameOfTable &&
              NFTA_SET_ELEM_LIST_TABLE == kNameOfTable);

size_t aligned(size_t length) { return (length + 3) & ~size_t{3}; }

template <class Header>
std::optional<Header> read(std::string_view bytes) {
  if (bytes.size() < sizeof(Header)) return std::nullopt;
  Header header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  return header;
}

std::optional<std::string_view> attribute(std::string_view attributes, uint16_t wanted) {
  while (const auto head = read<nlattr>(attributes)) {
    if (head->nla_len < sizeof(nlattr) || head->nla_len > attributes.size()) break;
    if ((head->nla_type & NLA_TYPE_MASK) == wanted) {
      return attributes.substr(sizeof(nlattr), head->nla_len - sizeof(nlattr));
    }
    attributes.remove_prefix(std::min(aligned(head->nla_len), attributes.size()));
  }
  return std::nullopt;
}

}  // namespace

bool NftEvents::take(std::string_view datagram) {
  bool changed = false;
  while (const auto head = read<nlmsghdr>(datagram)) {
    constexpr size_t kHeaders = sizeof(nlmsghdr) + sizeof(nfgenmsg);
    if (head->nlmsg_len < sizeof(nlmsghdr) || head->nlmsg_len > datagram.size()) break;
    const std::string_view message = datagram.substr(0, head->nlmsg_len);
    if (message.size() >= kHeaders && head->nlmsg_type >> 8 == NFNL_SUBSYS_NFTABLES) {
      changed =
          take_message(static_cast<uint16_t>(head->nlmsg_type & 0xff), message.substr(kHeaders)) || changed;
    }
    datagram.remove_prefix(std::min(aligned(head->nlmsg_len), datagram.size()));
  }
  return changed;
}

bool NftEvents::take_message(uint16_t type, std::string_view attributes) {
  if (type != NFT_MSG_NEWGEN) {
    const auto name = attribute(attributes, kNameOfTable);
    touched_ = touched_ || (name && name->substr(0, name->find('\0')) == table_);
    return false;
  }
  const bool touched = std::exchange(touched_, false);
  if (!touched) return false;
  const auto maker = attribute(attributes, NFTA_GEN_PROC_PID);
  const auto number = maker ? read<uint32_t>(*maker) : std::nullopt;
  return !number || !is_ours_(static_cast<pid_t>(ntohl(*number)));
}

}  // namespace hancock::agent
