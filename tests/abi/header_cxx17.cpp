// The header as a C++17 program sees it.
#include <punktfunk/punktfunk.h>

#include <type_traits>

static_assert(std::is_standard_layout_v<punktfunk_connect_options> && std::is_trivial_v<punktfunk_host_event>);
