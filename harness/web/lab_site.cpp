#include "harness/web/lab_site.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/endpoint.hpp"
#include "harness/host/http/secret.hpp"
#include "harness/web/past_runs.hpp"

namespace sipharness::web {
namespace {

using host::HttpRequest;
using host::HttpResponse;

constexpr int found = 200;
constexpr int bad_request = 400;
constexpr int forbidden = 403;
constexpr int not_found = 404;
constexpr int wrong_method = 405;
constexpr int misdirected = 421;

constexpr std::string_view query_of_token = "?token=";
constexpr std::string_view json = "application/json";

/// Of every answer: nobody frames it, guesses its type, keeps it, or learns where it was.
constexpr std::string_view guards =
    "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n"
    "Referrer-Policy: no-referrer\r\nCache-Control: no-store\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\nCross-Origin-Opener-Policy: same-origin\r\n";
constexpr std::string_view policy_of_page = "Content-Security-Policy: frame-ancestors 'none'\r\n";
constexpr std::string_view policy_of_report =
    "Content-Security-Policy: sandbox allow-scripts; frame-ancestors 'none'\r\n";

HttpResponse said(int status) {
  return {.status = status,
          .body = fmt::format("{}\n", host::http_reason(status)),
          .headers = fmt::format("{}{}", guards, policy_of_page)};
}

HttpResponse with(std::string_view type, std::string body,
                  std::string_view policy = policy_of_page) {
  return {.status = found,
          .content_type = std::string(type),
          .body = std::move(body),
          .headers = fmt::format("{}{}", guards, policy)};
}

std::string cookie_name(std::uint16_t port) {
  return fmt::format("sipharness-{}=", port);
}

/// An address with our port; a name could be anybody's (DNS rebinding), but for localhost.
bool is_ours(const std::string& host, std::uint16_t port) {
  const auto endpoint = Endpoint::parse(host);
  return (endpoint && endpoint->port == port) || host == fmt::format("localhost:{}", port);
}

std::string_view cookie_of(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    const std::string_view one = cookies.substr(0, cookies.find(';'));
    cookies.remove_prefix(std::min(cookies.size(), one.size() + 1));
    const auto begin = std::min(one.find_first_not_of(' '), one.size());
    if (one.substr(begin).starts_with(name)) return one.substr(begin + name.size());
  }
  return {};
}

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

/// What follows "/?token="; empty: nothing does.
std::string token_in(std::string_view target) {
  const auto begin = target.find(query_of_token);
  if (begin == std::string_view::npos) return {};
  return host::percent_decoded(target.substr(begin + query_of_token.size()));
}

/// "/runs/NAME/report.html".
std::string run_in(std::string_view path) {
  constexpr std::string_view before = "/runs/";
  constexpr std::string_view after = "/report.html";
  if (!path.starts_with(before) || !path.ends_with(after) ||
      path.size() <= before.size() + after.size())
    return {};
  return host::percent_decoded(
      path.substr(before.size(), path.size() - before.size() - after.size()));
}

}  // namespace

std::string as_event(const std::string& state) {
  return fmt::format("data: {}\n\n", state);
}

LabSite::LabSite(LabSiteOptions options, Actions actions)
    : options_(std::move(options)), actions_(std::move(actions)) {}

HttpResponse LabSite::answer(const HttpRequest& request) const {
  if (!is_ours(request.host, request.to.port)) return said(misdirected);
  if (!is_allowed(request)) return said(forbidden);
  if (request.method == "GET" || request.method == "HEAD") return get(request);
  if (request.method == "POST") return post(request);
  return said(wrong_method);
}

bool LabSite::is_allowed(const HttpRequest& request) const {
  if (options_.token.empty()) return true;
  return host::is_same_secret(cookie_of(request.cookie, cookie_name(request.to.port)),
                              options_.token) ||
         host::is_same_secret(token_in(request.target), options_.token);
}

HttpResponse LabSite::get(const HttpRequest& request) const {
  const std::string_view path = path_of(request.target);
  if (path == "/") {
    HttpResponse page = with("text/html; charset=utf-8", reports::live_page(options_.key));
    if (!options_.token.empty())
      page.headers += fmt::format("Set-Cookie: {}{}; Path=/; HttpOnly; SameSite=Strict\r\n",
                                  cookie_name(request.to.port), options_.token);
    return page;
  }
  if (path == "/events") {
    HttpResponse events = with("text/event-stream", "retry: 300\n" + as_event(actions_.state()));
    events.is_event_stream = true;
    return events;
  }
  if (path == "/so-far")
    if (auto report = actions_.report())
      return with("text/html; charset=utf-8", std::move(*report), policy_of_report);
  if (path == "/past") return with(json, reports::past_runs(past_runs(options_.folder)));
  if (path == "/answer" || path == "/stop") return said(wrong_method);
  if (auto report = report_of(options_.folder, run_in(path)))
    return with("text/html; charset=utf-8", std::move(*report), policy_of_report);
  return said(not_found);
}

HttpResponse LabSite::post(const HttpRequest& request) const {
  if (request.origin != fmt::format("http://{}", request.host)) return said(forbidden);
  const auto body = nlohmann::json::parse(request.body, nullptr, false);
  if (!body.is_object()) return said(bad_request);
  const auto key = body.find("key");
  if (key == body.end() || !key->is_string() ||
      !host::is_same_secret(key->get<std::string>(), options_.key))
    return said(forbidden);
  if (request.target == "/stop") {
    actions_.stop();
    return with(json, "{}");
  }
  if (request.target != "/answer") return said(not_found);
  const auto prompt = body.find("prompt");
  const auto done = body.find("done");
  if (prompt == body.end() || !prompt->is_number_unsigned() || done == body.end() ||
      !done->is_boolean())
    return said(bad_request);
  actions_.answer(prompt->get<unsigned>(), done->get<bool>());
  return with(json, "{}");
}

}  // namespace sipharness::web
