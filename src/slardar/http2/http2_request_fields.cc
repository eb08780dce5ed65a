#include "slardar/http2/http2_request_fields.h"

#include "http/characters.h"

namespace hancock::slardar {
namespace {

constexpr std::string_view kCrLf = "\r\n";

std::string_view next_line(std::string_view& text) {
  const size_t end = text.find(kCrLf);
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + kCrLf.size());
  return line;
}

}  // namespace

bool wants_trailers(const http::RequestView& head) {
  for (const http::FieldView& field : head.fields) {
    if (!http::same_name(field.name, "te")) continue;
    std::string_view list = field.value;
    while (!list.empty()) {
      if (http::same_name(http::next_list_element(list), "trailers")) return true;
    }
  }
  return false;
}

// What goes to peers is decided in one place, by write_request(): its lines are taken apart again.
std::vector<http::FieldView> http2_request_fields(const http::RequestView& head, const RequestForward& how,
                                                  std::string_view scheme, HeadScratch& scratch) {
  write_request(head, how, scratch);
  std::vector<http::FieldView> fields;
  fields.reserve(head.fields.size() + 12);
  fields.push_back({":method", head.method});
  fields.push_back({":scheme", scheme});
  fields.push_back({":authority", {}});
  fields.push_back({":path", head.target});
  std::string_view text = scratch.text();
  next_line(text);
  for (std::string_view line = next_line(text); !line.empty(); line = next_line(text)) {
    const size_t colon = line.find(':');
    const http::FieldView field{line.substr(0, colon), line.substr(colon + 2)};
    if (http::same_name(field.name, "host")) {
      fields[2].value = field.value;
    } else if (!http::same_name(field.name, "transfer-encoding")) {
      fields.push_back(field);
    }
  }
  if (wants_trailers(head)) fields.push_back({"te", "trailers"});
  return fields;
}

}  // namespace hancock::slardar
