#pragma once
// What the web server of a lab answers: the live page, its events, past runs, and what a person
// says on it.
//  1. Nothing changes by GET. A POST needs the key that stands in the page, and comes from a page
//  of
//     this very address (Origin).
//  2. Whatever is not sent to an address of ours (Host) is refused: a foreign name that was made to
//     point here gets nothing.
//  3. With a token, whoever does not know it (link or the cookie that follows from it) gets
//  nothing.
//  4. A report is served as a page of no origin: its script could reach nothing here.

#include <functional>
#include <optional>
#include <string>

#include "harness/host/http/message.hpp"

namespace sipharness::web {

struct LabSiteOptions {
  std::string folder;  ///< with the run folders
  std::string key;     ///< of the page
  std::string token;   ///< empty: none is needed
};

class LabSite {
 public:
  struct Actions {
    std::function<std::string()> state;                  ///< one line of JSON
    std::function<std::optional<std::string>()> report;  ///< of the run that goes on, so far
    std::function<void(unsigned prompt, bool done)> answer;
    std::function<void()> stop;
  };
  LabSite(LabSiteOptions options, Actions actions);

  host::HttpResponse answer(const host::HttpRequest& request) const;

 private:
  host::HttpResponse get(const host::HttpRequest& request) const;
  host::HttpResponse post(const host::HttpRequest& request) const;
  bool is_allowed(const host::HttpRequest& request) const;

  LabSiteOptions options_;
  Actions actions_;
};

/// As it goes over an event stream.
std::string as_event(const std::string& state);

}  // namespace sipharness::web
