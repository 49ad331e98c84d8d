// The object `drive` of a profile as JSON that read_drive accepts.

#include <nlohmann/json.hpp>

#include "harness/scenario/drive.hpp"
#include "harness/scenario/write_settings.hpp"

namespace sipharness::scenario {
namespace {

using Json = nlohmann::ordered_json;

Json lines_of(const std::string& text) {
  Json lines = Json::array();
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = text.find('\n', from);
    lines.push_back(text.substr(from, end - from));
    from = end == std::string::npos ? text.size() : end + 1;
  }
  return lines;
}

Json json_of(const Order& order) {
  Json object{{"send", order.send}};
  if (!order.ok.empty()) object["ok"] = order.ok;
  if (!order.failed.empty()) object["failed"] = order.failed;
  object["within"] = format_duration(order.within);
  return object;
}

Json json_of(const Control& control) {
  return Json{{"address", control.address},
              {"framing", control.framing == Framing::lines ? "lines" : "netstring_json"}};
}

}  // namespace

Json json_of(const Drive& drive) {
  Json object{{"command", drive.command}};
  if (!drive.package.empty()) object["package"] = drive.package;
  for (const auto& [name, value] : drive.environment) object["environment"][name] = value;
  if (!drive.folders.empty()) object["folders"] = drive.folders;
  for (const auto& [path, text] : drive.files) object["files"][path] = lines_of(text);
  if (!drive.lacks.empty()) object["lacks"] = drive.lacks;
  if (!drive.control.address.empty()) object["control"] = json_of(drive.control);
  if (!drive.ready.output.empty()) object["ready"]["output"] = drive.ready.output;
  object["ready"]["within"] = format_duration(drive.ready.within);
  for (const auto& [verb, order] : drive.verbs) object["verbs"][verb] = json_of(order);
  for (const Reaction& reaction : drive.reactions)
    object["reactions"].push_back(Json{{"on", reaction.on}, {"send", reaction.send}});
  if (!drive.stop.send.empty()) object["stop"]["send"] = drive.stop.send;
  object["stop"]["within"] = format_duration(drive.stop.within);
  return object;
}

}  // namespace sipharness::scenario
