// The description of the API and what the node answers are the same thing.
#include <gtest/gtest.h>

#include <algorithm>

#include "charter/act.hpp"
#include "serve/audit.hpp"
#include "serve/documents.hpp"
#include "serve/openapi_for_test.hpp"
#include "serve/routes.hpp"
#include "serve/session_documents.hpp"

namespace liptako::serve {
namespace {

using nlohmann::json;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

TEST(OpenApi, EveryRouteIsDescribedAndNothingElseIs) {
  const OpenApi api;
  std::set<std::string> described;
  for (const auto& [path, operations] : api.document().at("paths").items())
    for (const auto& [method, operation] : operations.items())
      described.insert(method + " " + path);
  std::set<std::string> served;
  for (const Route& route : routes())
    served.insert(lower(route.method) + " " + std::string(route.path));
  EXPECT_EQ(described, served);
}

TEST(OpenApi, WhatIsOpenToAllSaysSoAndNothingElseDoes) {
  const OpenApi api;
  for (const Route& route : routes()) {
    const auto& operation =
        api.document().at("paths").at(std::string(route.path)).at(lower(route.method));
    const bool open = operation.contains("security") && operation.at("security").empty();
    EXPECT_EQ(open, route.access == Access::open) << route.path;
    EXPECT_EQ(operation.at("responses").contains("401"),
              route.access != Access::open || route.resource == Resource::login ||
                  route.resource == Resource::enrolment)
        << route.path;
  }
}

TEST(OpenApi, RolesRightsAndActsAreTheListsOfTheCode) {
  const OpenApi api;
  const auto& schemas = api.document().at("components").at("schemas");
  std::vector<std::string> roles, rights, acts;
  for (std::size_t i = 0; i < charter::kRoles; ++i)
    roles.emplace_back(charter::name_of(static_cast<charter::Role>(i)));
  for (std::size_t i = 0; i < kRights; ++i) rights.emplace_back(name_of(static_cast<Right>(i)));
  for (std::size_t i = 0; i < charter::kActKinds; ++i)
    acts.emplace_back(charter::name_of(static_cast<charter::ActKind>(i)));
  EXPECT_EQ(schemas.at("Role").at("enum").get<std::vector<std::string>>(), roles);
  EXPECT_EQ(schemas.at("Right").at("enum").get<std::vector<std::string>>(), rights);
  EXPECT_EQ(schemas.at("ActKind").at("enum").get<std::vector<std::string>>(), acts);
}

TEST(OpenApi, DocumentsOfTheDoorAreAsDescribed) {
  const OpenApi api;
  const auto expect =
      [&](const std::string& method, const std::string& path, const std::string& text) {
        EXPECT_EQ(api.mistake(method, path, 200, json::parse(text)), "") << text;
      };
  Accounts accounts;
  const Account account{.id = "oq-1", .roles = {charter::Role::sysadmin}, .password = "x"};
  ASSERT_TRUE(accounts.put(account).has_value());
  expect("get", "/api/v1/session", session_json("bamako", std::nullopt));
  expect("get", "/api/v1/session", session_json("bamako", SessionView()));
  SessionView view;
  view.account = &account;
  expect("post", "/api/v1/login", session_json("bamako", view));
  expect("get", "/api/v1/accounts", accounts_json(accounts, {}));
  expect("post", "/api/v1/setup", setup_json("localhost", ""));
  expect("post", "/api/v1/setup", setup_json("localhost", "AB"));
  expect("post", "/api/v1/invitation", invited_json("oq-1"));
  expect("post", "/api/v1/acts", obeyed_json("roster"));
  expect("post", "/api/v1/acts", obeyed_json("account_add", "token"));
  RecentAudit audit;
  audit.events.resize(2);
  audit.events[1].event.account = "oq-1";
  audit.events[1].event.session = 3;
  expect("get", "/api/v1/audit", audit_json(audit));
  EXPECT_EQ(
      api.mistake("post", "/api/v1/login", 429, json::parse(refusal_json("slow_down", "w", 3))),
      "");
}

TEST(OpenApi, TheCheckerFindsWhatIsWrong) {
  const OpenApi api;
  const json good = json::parse(setup_json("localhost", "AB"));
  const auto mistake = [&](const json& document) {
    return api.mistake("post", "/api/v1/setup", 200, document);
  };
  json wrong = good;
  wrong.erase("console");
  EXPECT_NE(mistake(wrong), "");
  wrong = good;
  wrong["more"] = 1;
  EXPECT_NE(mistake(wrong), "");
  wrong = good;
  wrong["state"] = "not_set_up";
  EXPECT_NE(mistake(wrong), "");
  wrong = good;
  wrong["console"] = nullptr;
  EXPECT_NE(mistake(wrong), "");
  EXPECT_NE(api.mistake("post", "/api/v1/setup", 418, good), "");
}

TEST(OpenApi, StatusAndPicturesAreAsDescribed) {
  const OpenApi api;
  const auto expect = [&](const std::string& path, const std::string& text) {
    EXPECT_EQ(api.mistake("get", path, 200, json::parse(text)), "") << text;
  };
  NodeStatus status;
  SourceStatus& source = status.sources.emplace_back();
  source.kind = "udp";
  source.rejected.push_back({"reason", 1, "the last"});
  status.sensors.emplace_back().site = geo::Geodetic{};
  status.federation.emplace().members.resize(1);
  expect("/api/v1/status", status_json(status));
  expect("/api/v1/status", status_json(without_restricted(status)));
  EXPECT_EQ(json::parse(status_json(without_restricted(status))).at("sources").size(), 0u);
  EXPECT_TRUE(
      json::parse(status_json(without_restricted(status)))["sensors"][0]["lat_deg"].is_null());
  track::TrackView track;
  track.status = track::TrackStatus::confirmed;
  expect("/api/v1/tracks", tracks_json({}, {&track, 1}, {}));
  track.placed = !track.placed;
  expect("/api/v1/tracks", tracks_json({}, {&track, 1}, {}));
  UpdateTrace update;
  update.components = 1;
  update.innovation[0].name = "range_m";
  const std::vector<UpdateTrace> updates = {update, UpdateTrace()};
  const std::vector<track::Finding> findings(1);
  expect("/api/v1/tracks/{track}", track_json({}, track, {updates, findings}, {}));
  CommonPicture common;
  common.cut.push_back({.member = "ML", .epoch = 1, .sequence = 2});
  common.tracks.emplace_back().view = track;
  common.tracks[0].contributors.emplace_back().status = track::TrackStatus::coasting;
  expect("/api/v1/common", common_json(common));
  expect("/api/v1/common/{number}", common_track_json(common, common.tracks[0]));
}

}  // namespace
}  // namespace liptako::serve
