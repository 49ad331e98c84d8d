// The messages of RFC 4475, written from its text (<hex>, <repeat> and <allOneLine> undone), as the
// parser takes them. tests/data/rfc4475/messages.csv says of each what the RFC wants: taken without
// a word, taken with a remark (an element may answer 400 and may be liberal), or refused because no
// transaction can work with it. What the RFC has answered 416, 420, 415 and the like is well
// formed. Of mpart01 the signature is made up: binary octets as in the RFC, and no others.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/sip/message.hpp"

namespace sipharness::sip {
namespace {

const std::string folder = SOURCE_ROOT "/tests/data/rfc4475/";

struct Row {
  std::string name;
  std::string section;
  std::string how;  ///< "taken", "remarked", "refused"
  std::string what;
};

std::vector<Row> rows() {
  std::ifstream file(folder + "messages.csv");
  std::vector<Row> found;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream cells(line);
    Row row;
    std::getline(cells, row.name, ',');
    std::getline(cells, row.section, ',');
    std::getline(cells, row.how, ',');
    std::getline(cells, row.what);
    found.push_back(row);
  }
  return found;
}

std::string bytes_of(const std::string& name) {
  std::ifstream file(folder + name + ".sip", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Rfc4475, has_49_messages) {
  EXPECT_EQ(rows().size(), 49U);
  const std::filesystem::directory_iterator files(folder);
  EXPECT_EQ(std::distance(begin(files), end(files)), 50) << "each with a row";
}

TEST(Rfc4475, every_message_is_taken_remarked_or_refused_as_it_says) {
  for (const Row& row : rows()) {
    const std::string bytes = bytes_of(row.name);
    const MessageView message = MessageView::examine(bytes);
    const std::string place = row.name + " (section " + row.section + ")";
    EXPECT_EQ(message.problem() ? message.problem()->what : "", row.what) << place;
    EXPECT_EQ(message.is_usable(), row.how != "refused") << place;
    EXPECT_EQ(row.what.empty(), row.how == "taken") << place;
  }
}

}  // namespace
}  // namespace sipharness::sip
