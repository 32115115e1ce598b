# Leopard (github.com/catid/leopard), which no distribution packages: leopard.h and the library, in CMAKE_PREFIX_PATH or the
# system's places. Sets Leopard_FOUND and the target Leopard::leopard.
find_path(Leopard_INCLUDE_DIR leopard.h)
find_library(Leopard_LIBRARY NAMES leopard libleopard)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Leopard DEFAULT_MSG Leopard_LIBRARY Leopard_INCLUDE_DIR)
if(Leopard_FOUND AND NOT TARGET Leopard::leopard)
  add_library(Leopard::leopard UNKNOWN IMPORTED)
  set_target_properties(Leopard::leopard PROPERTIES IMPORTED_LOCATION "${Leopard_LIBRARY}"
                                                    INTERFACE_INCLUDE_DIRECTORIES "${Leopard_INCLUDE_DIR}")
endif()
