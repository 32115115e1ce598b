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

/// More than any struct of any version has: a struct_size above it was never set.
inline constexpr std::size_t largest_struct = 4096;

/// How large a struct was in the first version of the ABI that had it. One that has grown gets its own line, so that a
/// caller with the older header is still understood; tests/data/abi/first_sizes.txt holds them all.
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

/// Errors: INVALID_ARGUMENT (smaller than it ever was, larger than any will be).
template <class S>
Outcome check_size(const S& given) {
  if (given.struct_size < first_size<S> || given.struct_size > largest_struct)
    return bad_argument("a struct's struct_size is out of bounds; set it to sizeof");
  return {};
}

inline bool any_set(std::span<const std::byte> bytes) {
  return std::ranges::any_of(bytes, [](std::byte b) { return b != std::byte{0}; });
}

/// What this version keeps free may have a meaning in a later one. Errors: NEWER_STRUCT (some of it is set).
template <class S>
Outcome check_reserved(const S& given) {
  if constexpr (requires { given.reserved; }) {
    if (any_set(std::as_bytes(std::span(&given.reserved, 1))))
      return refuse(PUNKTFUNK_ERROR_NEWER_STRUCT, "a struct has something set that this version does not know");
  }
  return {};
}

/// A caller's struct as this library knows it. Errors: INVALID_ARGUMENT (NULL, or of a size that it never had),
/// NEWER_STRUCT (something is set behind what is known here, or in what is reserved).
template <class S>
Expected<S> take_struct(const S* given) {
  if (given == nullptr) return bad_argument("a struct is NULL");
  if (auto fits = check_size(*given); !fits) return std::unexpected(fits.error());
  const std::size_t size = given->struct_size;
  const auto* bytes = reinterpret_cast<const std::byte*>(given);
  if (size > sizeof(S) && any_set({bytes + sizeof(S), bytes + size}))
    return refuse(PUNKTFUNK_ERROR_NEWER_STRUCT, "a struct has something set that this version does not know");
  S taken{};
  std::memcpy(&taken, given, std::min(size, sizeof(S)));
  if (auto known = check_reserved(taken); !known) return std::unexpected(known.error());
  return taken;
}

/// Before what cannot be had twice is taken for a caller's struct: that the struct has room for it. Errors:
/// INVALID_ARGUMENT.
template <class S>
Outcome check_room(const S* to) {
  return to != nullptr ? check_size(*to) : bad_argument("a struct to be filled in is NULL");
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
/// `count` becomes the number there is. `to` may be NULL where `count` is 0, which asks for the number alone. Errors:
/// INVALID_ARGUMENT, BUFFER.
template <class S>
Outcome give_array(std::span<const S> from, S* to, std::size_t* count) {
  if (count == nullptr) return bad_argument("count is NULL");
  const auto room = *count;
  *count = from.size();
  if (room == 0) return {};
  if (to == nullptr) return bad_argument("an array is NULL");
  const auto stride = to->struct_size;
  if (stride % alignof(S) != 0) return bad_argument("a struct's struct_size is not that of an array's element");
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

/// Leaves a failure in the caller's struct, where there is one, and allocates nothing. Returns `result`.
punktfunk_result report(punktfunk_result result, std::string_view text, punktfunk_error* error) noexcept;

/// Runs one entry point.
template <class Body>
punktfunk_result guarded(punktfunk_error* error, Body body) noexcept {
  try {
    if (error != nullptr && !check_size(*error)) return PUNKTFUNK_ERROR_INVALID_ARGUMENT;
    const Outcome done = body();
    return done ? PUNKTFUNK_OK : report(done.error().result, done.error().text, error);
  } catch (const std::bad_alloc&) {
    return report(PUNKTFUNK_ERROR_OUT_OF_MEMORY, punktfunk_result_text(PUNKTFUNK_ERROR_OUT_OF_MEMORY), error);
  } catch (const std::exception& e) {
    return report(PUNKTFUNK_ERROR_INTERNAL, e.what(), error);
  } catch (...) {
    return report(PUNKTFUNK_ERROR_INTERNAL, punktfunk_result_text(PUNKTFUNK_ERROR_INTERNAL), error);
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
