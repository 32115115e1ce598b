#include "host/gamestream/http/query.h"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

namespace pf::host::gamestream {
namespace {

bool plain(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

}  // namespace

Result<Query> Query::parse(std::string_view target) {
  if (target.size() > max_target) return fail(ErrorCode::malformed, "a request that is too long");
  const auto url = boost::urls::parse_origin_form(target);
  if (!url) return fail(ErrorCode::malformed, "a request target that is none: " + url.error().message());
  Query query;
  query.path = url->path();
  if (!query.path.starts_with('/') || !plain(query.path)) return fail(ErrorCode::malformed, "a path that is none");
  query.path.erase(0, 1);
  for (const auto& parameter : url->params()) {
    if (query.parameters.size() == max_parameters) return fail(ErrorCode::malformed, "too many parameters");
    if (!plain(parameter.key) || !plain(parameter.value))
      return fail(ErrorCode::malformed, "a parameter with a control character");
    query.parameters.emplace(parameter.key, parameter.value);
  }
  return query;
}

std::string_view Query::text(std::string_view name) const {
  const auto found = parameters.find(name);
  return found == parameters.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::int64_t> Query::number(std::string_view name) const {
  const auto digits = text(name);
  std::int64_t value = 0;
  const auto* const end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, value);
  if (digits.empty() || error != std::errc() || at != end) return std::nullopt;
  return value;
}

}  // namespace pf::host::gamestream
