# nanors (github.com/sleepybishop/nanors), which no distribution packages and which installs nothing itself: its headers
# under nanors/ as they lie in its tree, and its objects as one library, in CMAKE_PREFIX_PATH or the system's places. Sets
# Nanors_FOUND and the target Nanors::nanors.
find_path(Nanors_INCLUDE_DIR rs16_afft.h PATH_SUFFIXES nanors)
find_library(Nanors_LIBRARY NAMES nanors)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Nanors DEFAULT_MSG Nanors_LIBRARY Nanors_INCLUDE_DIR)
if(Nanors_FOUND AND NOT TARGET Nanors::nanors)
  add_library(Nanors::nanors UNKNOWN IMPORTED)
  set_target_properties(Nanors::nanors PROPERTIES IMPORTED_LOCATION "${Nanors_LIBRARY}"
                                                  INTERFACE_INCLUDE_DIRECTORIES "${Nanors_INCLUDE_DIR}")
endif()
