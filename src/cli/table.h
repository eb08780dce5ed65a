// Table: aligned columns for people; the last column is not padded. Pure.
#pragma once

#include <string>
#include <vector>

namespace hancock::cli {

class Table {
 public:
  explicit Table(std::vector<std::string> titles) { rows_.push_back(std::move(titles)); }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string to_string() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace hancock::cli
