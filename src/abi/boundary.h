// What stands between C and the rest: failures as numbers and sentences, structs of other versions, text of a buffer's
// size. Nothing thrown passes here.
#pragma once

#include <punktfunk/punktfunk.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <exception>
#include <expected>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/base/error.h"

namespace pf::abi {

/// What a call failed with, in the ABI's numbers.
struct Failure {
  punktfunk_result result = PUNKTFUNK_ERROR_INTERNAL;
  std::string text;

  Failure(punktfunk_result r, std::string t) : result(r), text(std::move(t)) {}
  Failure(const Error& error);  // NOLINT(google-explicit-constructor): every error of the core is one
};

template <class T>
using Expected = std::expected<T, Failure>;
using Outcome = Expected<void>;

inline std::unexpected<Failure> refuse(punktfunk_result result, std::string text) {
  return std::unexpected(Failure(result, std::move(text)));
}
inline std::unexpected<Failure> refuse(const Error& error) {
  return std::unexpected(Failure(error));
}
inline std::unexpected<Failure> bad_argument(std::string text) {
  return refuse(PUNKTFUNK_ERROR_INVALID_ARGUMENT, std::move(text));
}

/// Goes on with `then` where nothing has failed so far; GCC 12's std::expected has no and_then().
template <class Then>
Outcome after(Outcome first, Then then) {
  if (!first) return first;
  if constexpr (std::is_void_v<decltype(then())>) {
    then();
    return {};
  } else {
    return then();
  }
}

/// How large a struct was in the first version of the ABI that had it. One that has grown gets its own line, so that a
/// caller with the older header is still understood.
template <class S>
inline constexpr std::size_t first_size = sizeof(S);
template <>
inline constexpr std::size_t first_size<punktfunk_connect_options> = offsetof(punktfunk_connect_options, min_bitrate);
template <>
inline constexpr std::size_t first_size<punktfunk_host_event> = offsetof(punktfunk_host_event, lost_first);
template <>
inline constexpr std::size_t first_size<punktfunk_host_unit> = offsetof(punktfunk_host_unit, number);
template <>
inline constexpr std::size_t first_size<punktfunk_host_stats> = offsetof(punktfunk_host_stats, repairs_sent);

/// A caller's struct as this library knows it. Errors: INVALID_ARGUMENT (NULL, or smaller than it ever was),
/// NEWER_STRUCT (something is set behind what is known here).
template <class S>
Expected<S> take_struct(const S* given) {
  if (given == nullptr) return bad_argument("a struct is NULL");
  const std::size_t size = given->struct_size;
  if (size < first_size<S>) return bad_argument("a struct's struct_size is too small; set it to sizeof");
  const auto* bytes = reinterpret_cast<const unsigned char*>(given);
  if (size > sizeof(S) && std::any_of(bytes + sizeof(S), bytes + size, [](unsigned char b) { return b != 0; }))
    return refuse(PUNKTFUNK_ERROR_NEWER_STRUCT, "a struct has something set that this version does not know");
  S taken{};
  std::memcpy(&taken, given, std::min(size, sizeof(S)));
  return taken;
}

/// Before what cannot be had twice is taken for a caller's struct: that the struct has room for it. Errors:
/// INVALID_ARGUMENT.
template <class S>
Outcome check_room(const S* to) {
  if (to == nullptr) return bad_argument("a struct to be filled in is NULL");
  if (to->struct_size < first_size<S>) return bad_argument("a struct's struct_size is too small; set it to sizeof");
  return {};
}

/// Fills a caller's struct in, as far as the caller knows it. The caller's struct_size stays. Errors: INVALID_ARGUMENT.
template <class S>
Outcome give_struct(const S& from, S* to) {
  if (auto room = check_room(to); !room) return room;
  const std::size_t size = to->struct_size;
  auto* bytes = reinterpret_cast<unsigned char*>(to);
  std::memcpy(bytes, &from, std::min(size, sizeof(S)));
  if (size > sizeof(S)) std::memset(bytes + sizeof(S), 0, size - sizeof(S));
  to->struct_size = static_cast<std::uint32_t>(size);
  return {};
}

/// As many of `from` as there is room for in the caller's array, whose elements have the size that the first one says;
/// `count` becomes the number there is. `to` may be NULL where `count` is 0.
template <class S>
Outcome give_array(std::span<const S> from, S* to, std::size_t* count) {
  if (count == nullptr) return bad_argument("count is NULL");
  const auto room = *count;
  *count = from.size();
  if (room == 0) return {};
  if (to == nullptr) return bad_argument("an array is NULL");
  const auto stride = to->struct_size;
  auto* at = reinterpret_cast<unsigned char*>(to);
  for (std::size_t i = 0; i < std::min(room, from.size()); ++i, at += stride) {
    std::memcpy(at, &stride, sizeof(stride));
    if (auto given = give_struct(from[i], reinterpret_cast<S*>(at)); !given) return given;
  }
  return from.size() > room ? refuse(PUNKTFUNK_ERROR_BUFFER, "the array is too small") : Outcome{};
}

/// Text of the caller's. Errors: INVALID_ARGUMENT (not UTF-8; longer than anything that is meant; NULL, where `missing`
/// gives nothing instead).
Expected<std::string> take_text(const char* text, const char* what, std::optional<std::string> missing = std::nullopt);

/// Cut between two characters where it does not fit, and ended by 0.
void put_text(std::string_view text, std::span<char> out);

/// The whole text with its 0, and `size` set to what that takes. Errors: INVALID_ARGUMENT, BUFFER.
Outcome give_text(std::string_view text, char* out, std::size_t* size);

/// Leaves the failure in the caller's struct, where there is one.
punktfunk_result report(const Failure& failure, punktfunk_error* error) noexcept;

/// Runs one entry point.
template <class Body>
punktfunk_result guarded(punktfunk_error* error, Body body) noexcept {
  if (error != nullptr && error->struct_size < sizeof(std::uint32_t) + sizeof(punktfunk_result) + 1)
    return PUNKTFUNK_ERROR_INVALID_ARGUMENT;
  try {
    const Outcome done = body();
    return done ? PUNKTFUNK_OK : report(done.error(), error);
  } catch (const std::bad_alloc&) {
    return PUNKTFUNK_ERROR_OUT_OF_MEMORY;
  } catch (...) {
    return PUNKTFUNK_ERROR_INTERNAL;
  }
}
template <class Body>
punktfunk_result guarded(Body body) noexcept {
  return guarded(nullptr, std::move(body));
}

/// Ends a handle; a destructor that throws has nobody to tell.
template <class Handle>
void destroy(Handle* handle) noexcept {
  try {
    delete handle;
  } catch (...) {  // NOLINT(bugprone-empty-catch)
  }
}

}  // namespace pf::abi
