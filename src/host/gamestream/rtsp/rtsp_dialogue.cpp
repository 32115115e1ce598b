#include "host/gamestream/rtsp/rtsp_dialogue.h"

#include <algorithm>
#include <utility>

namespace pf::host::gamestream {
namespace {

// Clients end the value at the semicolon; a session has no other name on this connectionless RTSP.
constexpr const char* session_header = "PUNKTFUNK;timeout = 90";

std::string transport(std::uint16_t port) {
  return "server_port=" + std::to_string(port);
}

bool names(std::string_view target, std::string_view stream) {
  return target.starts_with("streamid=" + std::string(stream));
}

}  // namespace

RtspResponse RtspDialogue::answer(const RtspRequest& request) {
  RtspResponse response{.status = 405, .headers = {}, .body = {}};
  if (request.method == "OPTIONS") {
    response.status = 200;
    response.headers.emplace_back("Public", "OPTIONS, DESCRIBE, SETUP, ANNOUNCE, PLAY, TEARDOWN");
  } else if (request.method == "DESCRIBE") {
    response.status = 200;
    response.headers.emplace_back("Content-type", "application/sdp");
    response.body = describe(offer_);
  } else if (request.method == "SETUP") {
    response = set_up(request);
  } else if (request.method == "ANNOUNCE") {
    response = announce(request);
  } else if (request.method == "PLAY") {
    response = play();
  } else if (request.method == "TEARDOWN") {
    teardown_ = true;
    response.status = 200;
  }
  if (const auto number = request.header("CSeq"); !number.empty())
    response.headers.emplace(response.headers.begin(), "CSeq", number);
  if (!response.body.empty()) response.headers.emplace_back("Content-length", std::to_string(response.body.size()));
  return response;
}

RtspResponse RtspDialogue::set_up(const RtspRequest& request) const {
  RtspResponse response{.status = 200, .headers = {{"Session", session_header}}, .body = {}};
  if (names(request.target, "audio") || names(request.target, "video")) {
    response.headers.emplace_back("Transport", transport(names(request.target, "audio") ? ports_.audio : ports_.video));
    response.headers.emplace_back("X-SS-Ping-Payload", tokens_.ping);
  } else if (names(request.target, "control")) {
    response.headers.emplace_back("Transport", transport(ports_.control));
    response.headers.emplace_back("X-SS-Connect-Data", std::to_string(tokens_.connect_data));
  } else {
    response = {.status = 404, .headers = {}, .body = {}};
  }
  return response;
}

RtspResponse RtspDialogue::announce(const RtspRequest& request) {
  auto parsed = parse_announce(request.body);
  if (!parsed) return {.status = 400, .headers = {}, .body = parsed.error().message};
  if (std::ranges::find(offer_.codecs, parsed->video.codec) == offer_.codecs.end())
    return {.status = 415, .headers = {}, .body = "this host has no encoder for the announced codec"};
  if (parsed->video.ten_bit && !offer_.ten_bit)
    return {.status = 415, .headers = {}, .body = "this host has no encoder for HDR"};
  if (parsed->video.yuv444 && !offer_.yuv444)
    return {.status = 415, .headers = {}, .body = "this host has no encoder for 4:4:4"};
  announced_ = *parsed;
  return {};
}

RtspResponse RtspDialogue::play() {
  if (!announced_) return {.status = 455, .headers = {}, .body = {}};
  play_ = true;
  return {};
}

std::optional<StreamRequest> RtspDialogue::take_play() {
  if (!std::exchange(play_, false)) return std::nullopt;
  return std::exchange(announced_, std::nullopt);
}

bool RtspDialogue::take_teardown() {
  return std::exchange(teardown_, false);
}

}  // namespace pf::host::gamestream
