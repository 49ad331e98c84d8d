#include "fake_servers/response_rewriter.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/ranges.h>

#include "harness/sip/builder.hpp"
#include "harness/sip/text.hpp"
#include "harness/sip/via.hpp"

namespace fake_servers {

namespace scenario = sipharness::scenario;
namespace sip = sipharness::sip;
using sip::Header;
using sip::HeaderId;
using sip::MessageBuilder;
using sip::MessageView;

namespace {

bool is_named(const Header& header, std::string_view name) {
  const HeaderId id = sip::header_of(name);
  return id == HeaderId::other ? sip::same_ignoring_case(header.name, name) : header.id == id;
}

bool is_whole(const scenario::Rewrite& rewrite) {
  return !rewrite.raw.bytes.empty() || !rewrite.raw.lines.empty();
}

class Rewriter {
 public:
  Rewriter(std::string_view response, const scenario::Rewrite& rewrite, const Rewritten& request)
      : response_(MessageView::parse(response)),
        rewrite_(rewrite),
        request_(request),
        variables_(request.variables) {
    for (const auto& [name, id] :
         {std::pair("via", HeaderId::via), std::pair("from", HeaderId::from),
          std::pair("to", HeaderId::to), std::pair("call_id", HeaderId::call_id),
          std::pair("cseq", HeaderId::cseq)})
      variables_[name] = response_.header(id);
    variables_["via"] = via(variables_["via"]);
  }

  std::string whole() const { return filled(rewrite_.raw, variables_); }

  std::string changed() {
    auto built = MessageBuilder::response(response_.status(), response_.reason());
    bool is_top_via = true;
    for (const Header& header : response_.headers()) {
      if (is_left_out(header)) continue;
      if (put_in_place_of(header, built)) continue;
      const bool is_top = header.id == HeaderId::via && std::exchange(is_top_via, false);
      built.header(header.name, is_top ? via(header.value) : std::string(header.value));
    }
    for (const auto& [name, value] : rewrite_.headers)
      if (std::ranges::find(placed_, name) == placed_.end())
        built.header(name, filled(value, variables_));
    set_body(built);
    return built.str();
  }

 private:
  bool is_left_out(const Header& header) const {
    // The builder counts the body and names its type.
    if (header.id == HeaderId::content_length || header.id == HeaderId::content_type) return true;
    return std::ranges::any_of(rewrite_.without,
                               [&](const std::string& name) { return is_named(header, name); });
  }

  /// Whether others are given in place of this one; the first of its name draws them all.
  bool put_in_place_of(const Header& header, MessageBuilder& built) {
    const auto given = std::ranges::find_if(
        rewrite_.headers, [&](const auto& one) { return is_named(header, one.first); });
    if (given == rewrite_.headers.end()) return false;
    const std::string& name = given->first;
    if (std::ranges::find(placed_, name) != placed_.end()) return true;
    placed_.push_back(name);
    variables_["value"] = header.value;
    for (const auto& [other, value] : rewrite_.headers)
      if (other == name) built.header(name, filled(value, variables_));
    variables_["value"].clear();
    return true;
  }

  void set_body(MessageBuilder& built) const {
    if (!rewrite_.body.empty())
      built.body(rewrite_.content_type, filled(rewrite_.body, variables_));
    else
      built.body(response_.header(HeaderId::content_type), response_.body());
  }

  std::string via(std::string_view value) const {
    if (!rewrite_.received && rewrite_.rport.empty()) return std::string(value);
    sipharness::Endpoint source = request_.source;
    source.address = rewrite_.received.value_or(source.address);
    if (!rewrite_.rport.empty())
      source.port = rewrite_.rport[request_.turn % rewrite_.rport.size()];
    return sip::stamped_via(value, source);
  }

  MessageView response_;
  const scenario::Rewrite& rewrite_;
  const Rewritten& request_;
  Variables variables_;
  std::vector<std::string> placed_;  ///< names of headers that are there already
};

}  // namespace

std::string rewritten(std::string_view response, const scenario::Rewrite& rewrite,
                      const Rewritten& request) {
  Rewriter rewriter(response, rewrite, request);
  return is_whole(rewrite) ? rewriter.whole() : rewriter.changed();
}

std::string describe(const scenario::Rewrite& rewrite) {
  if (is_whole(rewrite)) return "everything";
  std::vector<std::string> parts;
  const auto add = [&parts](const std::string& part) {
    if (std::ranges::find(parts, part) == parts.end()) parts.push_back(part);
  };
  if (rewrite.received) add("received");
  if (!rewrite.rport.empty()) add("rport");
  for (const auto& [name, value] : rewrite.headers) add(name);
  for (const std::string& name : rewrite.without) add("without " + name);
  if (!rewrite.body.empty()) add("body");
  return fmt::to_string(fmt::join(parts, ", "));
}

bool concerns(const scenario::Rewrite& rewrite, int status) {
  const std::vector<int>& statuses = rewrite.statuses;
  return statuses.empty() || std::ranges::find(statuses, status) != statuses.end();
}

}  // namespace fake_servers
