// Who is answered, and what: addresses, tokens, keys, origins, and folders that are not to be seen.

#include "harness/web/lab_site.hpp"

#include <atomic>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/files/files.hpp"
#include "harness/host/http/secret.hpp"
#include "harness/web/past_runs.hpp"

namespace sipharness::web {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* key = "0123456789abcdef";

class Site : public testing::Test {
 protected:
  Site() {
    fs::create_directories(out() + "/one");
    fs::create_directories(out() + "/unfinished");
    files::write_file(out() + "/one/report.html", "the report of one");
    files::write_file(scratch_.path() + "/report.html", "outside");
    files::write_file(out() + "/report.html", "of no run");
    fs::create_directories(out() + "/linked");
    fs::create_symlink(scratch_.path() + "/report.html", out() + "/linked/report.html");
    fs::create_directory_symlink(scratch_.path(), out() + "/latest");
  }

  std::string out() const { return scratch_.path() + "/out"; }

  LabSite site(const std::string& token = {}) {
    return {{out(), key, token},
            {.state = [] { return std::string("{\"run\":\"x\"}"); },
             .report = [this] { return report_in(out() + "/one"); },
             .answer =
                 [this](unsigned prompt, bool done) {
                   said_.push_back(std::to_string(prompt) + (done ? " done" : " could not"));
                 },
             .stop = [this] { said_.emplace_back("stop"); }}};
  }

  static host::HttpRequest get(const std::string& target) {
    return {.target = target, .host = "127.0.0.1:8080", .to = *Endpoint::parse("127.0.0.1:8080")};
  }
  static host::HttpRequest post(const std::string& target, const std::string& body) {
    host::HttpRequest request = get(target);
    request.method = "POST";
    request.origin = "http://127.0.0.1:8080";
    request.body = body;
    return request;
  }
  static std::string with_key(const std::string& more = {}) {
    return std::string("{\"key\":\"") + key + "\"" + more + "}";
  }

  files::TemporaryFolder scratch_;
  std::vector<std::string> said_;
};

TEST_F(Site, shows_the_page_its_events_and_past_runs_with_guards) {
  const auto page = site().answer(get("/"));
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr(key));
  EXPECT_THAT(page.body, HasSubstr("script-src 'sha256-"));
  EXPECT_THAT(page.headers, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
  EXPECT_THAT(page.headers, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(page.headers, HasSubstr("Cache-Control: no-store\r\n"));
  const auto events = site().answer(get("/events"));
  EXPECT_TRUE(events.is_event_stream);
  EXPECT_THAT(events.body, HasSubstr("data: {\"run\":\"x\"}\n\n"));
  const auto past = site().answer(get("/past"));
  EXPECT_THAT(past.body, HasSubstr("{\"name\":\"one\",\"text\":\"one\",\"report\":true}"));
  EXPECT_THAT(past.body, HasSubstr("\"text\":\"unfinished\",\"report\":false}"));
  EXPECT_THAT(past.body, Not(HasSubstr("latest")));
  EXPECT_EQ(site().answer(get("/nothing")).status, 404);
}

TEST_F(Site, serves_a_report_as_a_page_that_can_reach_nothing) {
  const auto report = site().answer(get("/runs/one/report.html"));
  EXPECT_EQ(report.status, 200);
  EXPECT_EQ(report.body, "the report of one");
  EXPECT_THAT(report.headers, HasSubstr("sandbox allow-scripts;"));
}

TEST_F(Site, serves_the_report_so_far_alike) {
  const auto report = site().answer(get("/so-far"));
  EXPECT_EQ(report.body, "the report of one");
  EXPECT_THAT(report.headers, HasSubstr("sandbox allow-scripts;"));
  fs::remove(out() + "/one/report.html");
  EXPECT_EQ(site().answer(get("/so-far")).status, 404);
}

TEST_F(Site, tells_each_version_of_the_report_so_far_apart) {
  ReportWatch watch;
  EXPECT_EQ(watch.version({}), 0U);
  EXPECT_EQ(watch.version(out() + "/unfinished"), 0U);
  const auto first = watch.version(out() + "/one");
  EXPECT_NE(first, 0U);
  EXPECT_EQ(watch.version(out() + "/one"), first);
  files::write_file(out() + "/one/report.html", "the next one");
  EXPECT_NE(watch.version(out() + "/one"), first);
}

TEST_F(Site, serves_what_it_opened_whatever_takes_its_place) {
  const std::string page = out() + "/one/report.html";
  const std::string run = out() + "/one";
  std::atomic<bool> stops = false;
  std::thread swapping([&] {
    while (!stops) {
      fs::create_symlink(scratch_.path() + "/report.html", page + ".new");
      fs::rename(page + ".new", page);
      fs::rename(run, run + ".away");
      fs::create_directory_symlink(scratch_.path(), run);
      fs::remove(run);
      fs::rename(run + ".away", run);
      files::write_file(page + ".new", "the report of one");
      fs::rename(page + ".new", page);
    }
  });
  for (int i = 0; i < 3000; ++i)
    EXPECT_THAT(site().answer(get("/runs/one/report.html")).body, Not(HasSubstr("outside")));
  stops = true;
  swapping.join();
}

TEST_F(Site, does_not_wait_for_a_pipe) {
  fs::remove(out() + "/one/report.html");
  ASSERT_EQ(mkfifo((out() + "/one/report.html").c_str(), 0600), 0);
  EXPECT_EQ(site().answer(get("/runs/one/report.html")).status, 404);
}

TEST_F(Site, opens_nothing_outside_of_its_folder) {
  for (const char* target :
       {"/runs/../report.html", "/runs/%2e%2e/report.html", "/runs/one%2f..%2f../report.html",
        "/runs/./report.html", "/runs/%2e/report.html", "/runs//report.html",
        "/runs/one/../../report.html", "/runs/latest/report.html", "/runs/linked/report.html",
        "/runs/unfinished/report.html", "/runs/one%00/report.html", "/runs/one/capture.pcap",
        "/../report.html", "/runs/"}) {
    EXPECT_EQ(site().answer(get(target)).status, 404) << target;
  }
}

TEST_F(Site, answers_only_at_its_own_address) {
  for (const char* host : {"evil.example:8080", "127.0.0.1", "127.0.0.1:80", "", "lab:8080",
                           "localhost:80", "localhost.evil.example:8080"}) {
    host::HttpRequest request = get("/");
    request.host = host;
    EXPECT_EQ(site().answer(request).status, 421) << host;
  }
  host::HttpRequest request = get("/");
  request.host = "localhost:8080";
  EXPECT_EQ(site().answer(request).status, 200);
}

TEST_F(Site, changes_nothing_but_by_a_post_of_its_own_page) {
  EXPECT_EQ(site().answer(get("/stop")).status, 405);
  EXPECT_EQ(site().answer(get("/answer")).status, 405);
  EXPECT_EQ(site().answer(post("/stop", "{}")).status, 403);
  EXPECT_EQ(site().answer(post("/stop", "{\"key\":\"0123456789abcdee\"}")).status, 403);
  EXPECT_EQ(site().answer(post("/stop", "{\"key\":7}")).status, 403);
  EXPECT_EQ(site().answer(post("/stop", "not json")).status, 400);
  for (const char* origin : {"", "null", "http://evil.example", "https://127.0.0.1:8080",
                             "http://127.0.0.1:8081", "http://localhost:8080"}) {
    host::HttpRequest request = post("/stop", with_key());
    request.origin = origin;
    EXPECT_EQ(site().answer(request).status, 403) << origin;
  }
  host::HttpRequest put = post("/stop", with_key());
  put.method = "PUT";
  EXPECT_EQ(site().answer(put).status, 405);
  EXPECT_THAT(said_, IsEmpty());
}

TEST_F(Site, hears_what_a_person_says) {
  EXPECT_EQ(site().answer(post("/answer", with_key(R"(,"prompt":3,"done":true)"))).status, 200);
  EXPECT_EQ(site().answer(post("/answer", with_key(R"(,"prompt":4,"done":false)"))).status, 200);
  EXPECT_EQ(site().answer(post("/stop", with_key())).status, 200);
  EXPECT_THAT(said_, ElementsAre("3 done", "4 could not", "stop"));
  for (const char* wrong : {"", R"(,"prompt":-1,"done":true)", R"(,"prompt":"3","done":true)",
                            R"(,"prompt":3,"done":1)", R"(,"prompt":3)"})
    EXPECT_EQ(site().answer(post("/answer", with_key(wrong))).status, 400) << wrong;
  EXPECT_EQ(said_.size(), 3U);
}

TEST_F(Site, wants_its_token_in_the_link_and_then_in_a_cookie) {
  const std::string token = "a.token-of_8~";
  EXPECT_EQ(site(token).answer(get("/")).status, 403);
  EXPECT_EQ(site(token).answer(get("/?token=")).status, 403);
  EXPECT_EQ(site(token).answer(get("/?token=a.token-of_8")).status, 403);
  EXPECT_EQ(site(token).answer(get("/runs/one/report.html")).status, 403);
  EXPECT_EQ(site(token).answer(post("/stop", with_key())).status, 403);
  const auto page = site(token).answer(get("/?token=a.token-of_8~"));
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, Not(HasSubstr(token)));
  EXPECT_THAT(page.headers, HasSubstr("Set-Cookie: sipharness-8080=a.token-of_8~; Path=/; "
                                      "HttpOnly; SameSite=Strict\r\n"));
  for (const char* cookie :
       {"sipharness-8080=a.token-of_8~", "a=b; sipharness-8080=a.token-of_8~; c=d"}) {
    host::HttpRequest request = get("/past");
    request.cookie = cookie;
    EXPECT_EQ(site(token).answer(request).status, 200) << cookie;
  }
  host::HttpRequest other = get("/past");
  other.cookie = "sipharness-8081=a.token-of_8~";
  EXPECT_EQ(site(token).answer(other).status, 403);
  EXPECT_THAT(said_, IsEmpty());
}

TEST(Secret, differs_each_time_and_is_compared_whole) {
  const std::string one = host::make_secret();
  EXPECT_EQ(one.size(), 32U);
  EXPECT_NE(one, host::make_secret());
  EXPECT_TRUE(host::is_same_secret(one, one));
  EXPECT_FALSE(host::is_same_secret(one.substr(1), one));
  EXPECT_FALSE(host::is_same_secret("", one));
}

}  // namespace
}  // namespace sipharness::web
