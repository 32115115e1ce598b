#include "host/gamestream/rtsp/rtsp_message.h"

#include <algorithm>
#include <charconv>

namespace pf::host::gamestream {
namespace {

constexpr std::size_t max_headers = 32;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::unexpected<Error> malformed(const char* why) {
  return fail(ErrorCode::malformed, std::string("an RTSP request ") + why);
}

/// Takes what stands before `end` off the front of `text`, and `end` with it.
std::optional<std::string_view> take_until(std::string_view& text, std::string_view end) {
  const auto at = text.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const auto head = text.substr(0, at);
  text.remove_prefix(at + end.size());
  return head;
}

Result<RtspRequest> parse_request_line(std::string_view line) {
  const auto method = take_until(line, " ");
  const auto target = method ? take_until(line, " ") : std::nullopt;
  if (!target || method->empty() || target->empty() || line != "RTSP/1.0")
    return malformed("does not begin with a method, a target and RTSP/1.0");
  return RtspRequest{.method = std::string(*method), .target = std::string(*target), .headers = {}, .body = {}};
}

Result<std::size_t> body_size(const RtspRequest& request) {
  const auto text = request.header("Content-length");
  if (text.empty()) return 0;
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc{} || end != text.data() + text.size() || size > max_rtsp_request)
    return malformed("has a Content-length that is no acceptable number");
  return size;
}

const char* phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 415: return "Unsupported Media Type";
    case 454: return "Session Not Found";
    case 455: return "Method Not Valid in This State";
    default: return "Internal Server Error";
  }
}

}  // namespace

std::string_view RtspRequest::header(std::string_view name) const {
  const auto found = std::ranges::find_if(headers, [&](const auto& header) { return same_name(header.first, name); });
  return found == headers.end() ? std::string_view{} : std::string_view(found->second);
}

Result<std::optional<RtspRequest>> parse_rtsp_request(std::string_view bytes) {
  if (bytes.size() > max_rtsp_request) return malformed("is too long");
  auto head = take_until(bytes, "\r\n\r\n");
  if (!head) return std::nullopt;
  const auto line = take_until(*head, "\r\n");
  auto request = parse_request_line(line ? *line : std::exchange(*head, {}));
  if (!request) return std::unexpected(request.error());
  while (!head->empty()) {
    const auto next = take_until(*head, "\r\n");
    auto header = next ? *next : std::exchange(*head, {});
    const auto name = take_until(header, ":");
    if (!name || name->empty() || request->headers.size() == max_headers)
      return malformed("has a header without a colon, or too many of them");
    request->headers.emplace_back(std::string(*name), std::string(trim(header)));
  }
  const auto size = body_size(*request);
  if (!size) return std::unexpected(size.error());
  if (bytes.size() < *size) return std::nullopt;
  if (bytes.size() > *size) return malformed("is followed by something else");
  request->body = std::string(bytes);
  return *std::move(request);
}

std::string RtspResponse::serialise() const {
  std::string text = "RTSP/1.0 " + std::to_string(status) + " " + phrase(status) + "\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  return text + "\r\n" + body;
}

}  // namespace pf::host::gamestream
