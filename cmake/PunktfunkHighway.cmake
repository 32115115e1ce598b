# Highway's headers, as the target `highway_headers`. They are the same for every target, but Debian packages them only for
# the machine's own, beside headers that are not; so a link in the build folder leads to them alone.
if(NOT TARGET highway_headers)
  find_path(PUNKTFUNK_HIGHWAY_HEADERS hwy/highway.h PATHS /usr/include REQUIRED NO_CMAKE_FIND_ROOT_PATH)
  file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/highway")
  file(CREATE_LINK "${PUNKTFUNK_HIGHWAY_HEADERS}/hwy" "${CMAKE_BINARY_DIR}/highway/hwy" SYMBOLIC)
  add_library(highway_headers INTERFACE)
  target_include_directories(highway_headers SYSTEM INTERFACE "${CMAKE_BINARY_DIR}/highway")
endif()
