#include "abi/boundary.h"

#include "core/wire/utf8.h"

namespace pf::abi {
namespace {

constexpr std::size_t longest_text = 65'536;  // an identity in PEM is the longest that anybody hands in

punktfunk_result result_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument: return PUNKTFUNK_ERROR_INVALID_ARGUMENT;
    case ErrorCode::malformed:
    case ErrorCode::truncated: return PUNKTFUNK_ERROR_MALFORMED;
    case ErrorCode::unsupported: return PUNKTFUNK_ERROR_UNSUPPORTED;
    case ErrorCode::unauthenticated: return PUNKTFUNK_ERROR_UNAUTHENTICATED;
    case ErrorCode::refused: return PUNKTFUNK_ERROR_REFUSED;
    case ErrorCode::not_found: return PUNKTFUNK_ERROR_NOT_FOUND;
    case ErrorCode::permission: return PUNKTFUNK_ERROR_PERMISSION;
    case ErrorCode::busy: return PUNKTFUNK_ERROR_BUSY;
    case ErrorCode::timeout: return PUNKTFUNK_ERROR_TIMEOUT;
    case ErrorCode::closed: return PUNKTFUNK_ERROR_CLOSED;
    case ErrorCode::exhausted: return PUNKTFUNK_ERROR_EXHAUSTED;
    case ErrorCode::io: return PUNKTFUNK_ERROR_IO;
    case ErrorCode::internal: break;
  }
  return PUNKTFUNK_ERROR_INTERNAL;
}

}  // namespace

Failure::Failure(const Error& error) : result(result_of(error.code)), text(error.message) {}

Expected<std::string> take_text(const char* text, const char* what, std::optional<std::string> missing) {
  if (text == nullptr) {
    if (missing) return std::move(*missing);
    return bad_argument(std::string(what) + " is NULL");
  }
  const std::string_view given(text, strnlen(text, longest_text + 1));
  if (given.size() > longest_text) return bad_argument(std::string(what) + " is too long");
  if (!wire::valid_utf8(given)) return bad_argument(std::string(what) + " is not UTF-8");
  return std::string(given);
}

void put_text(std::string_view text, std::span<char> out) {
  const auto head = wire::utf8_head(text, out.size() - 1);
  std::ranges::copy(head, out.begin());
  std::ranges::fill(out.subspan(head.size()), '\0');
}

Outcome give_text(std::string_view text, char* out, std::size_t* size) {
  if (size == nullptr) return bad_argument("size is NULL");
  const auto room = *size;
  *size = text.size() + 1;
  if (room < *size) return refuse(PUNKTFUNK_ERROR_BUFFER, "the buffer is too small");
  if (out == nullptr) return bad_argument("the buffer is NULL");
  put_text(text, {out, *size});
  return {};
}

punktfunk_result report(punktfunk_result result, std::string_view text, punktfunk_error* error) noexcept {
  if (error == nullptr) return result;
  punktfunk_error made{.struct_size = sizeof(made), .result = result, .text = {}};
  put_text(text, made.text);
  (void)give_struct(made, error);
  return result;
}

}  // namespace pf::abi
