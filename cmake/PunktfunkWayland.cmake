# punktfunk_wayland_protocol(NAME xml-file): a library with the client code of one Wayland protocol, made by wayland-scanner.
# The header is included as "<xml name>-client-protocol.h". Generated code is not ours to warn about.
find_package(PkgConfig REQUIRED)
pkg_check_modules(WAYLAND_CLIENT REQUIRED IMPORTED_TARGET wayland-client)
pkg_get_variable(WAYLAND_SCANNER wayland-scanner wayland_scanner)
pkg_get_variable(WAYLAND_PROTOCOLS_DIR wayland-protocols pkgdatadir)

function(punktfunk_wayland_protocol name xml)
  get_filename_component(stem "${xml}" NAME_WE)
  set(header "${CMAKE_CURRENT_BINARY_DIR}/${stem}-client-protocol.h")
  set(code "${CMAKE_CURRENT_BINARY_DIR}/${stem}-protocol.c")
  add_custom_command(OUTPUT "${header}" COMMAND ${WAYLAND_SCANNER} client-header "${xml}" "${header}" DEPENDS "${xml}" VERBATIM)
  add_custom_command(OUTPUT "${code}" COMMAND ${WAYLAND_SCANNER} private-code "${xml}" "${code}" DEPENDS "${xml}" VERBATIM)
  add_library(${name} STATIC "${code}" "${header}")
  target_include_directories(${name} SYSTEM PUBLIC "${CMAKE_CURRENT_BINARY_DIR}")
  target_link_libraries(${name} PUBLIC PkgConfig::WAYLAND_CLIENT)
endfunction()
