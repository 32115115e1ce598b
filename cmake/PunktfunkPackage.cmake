# What `cmake --install` gives to others: library, header, pkg-config and CMake package.

# Every static library of ours that a target stands on.
function(punktfunk_archives_below target out)
  set(found ${${out}})
  get_target_property(links ${target} LINK_LIBRARIES)
  foreach(link IN LISTS links)
    string(REGEX REPLACE "^\\$<LINK_ONLY:(.*)>$" "\\1" link "${link}")
    if(NOT link MATCHES "^punktfunk_" OR NOT TARGET ${link} OR link IN_LIST found)
      continue()
    endif()
    get_target_property(type ${link} TYPE)
    if(type STREQUAL "STATIC_LIBRARY")
      list(APPEND found ${link})
      punktfunk_archives_below(${link} found)
    elseif(type STREQUAL "INTERFACE_LIBRARY")
      get_target_property(further ${link} INTERFACE_LINK_LIBRARIES)
      foreach(next IN LISTS further)
        if(TARGET ${next} AND next MATCHES "^punktfunk_" AND NOT next IN_LIST found)
          get_target_property(type ${next} TYPE)
          if(type STREQUAL "STATIC_LIBRARY")
            list(APPEND found ${next})
            punktfunk_archives_below(${next} found)
          endif()
        endif()
      endforeach()
    endif()
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# punktfunk_single_archive(NAME TARGET FILE): one object in one archive, in which every name but punktfunk_* is local, so
# that it can stand beside any other code.
function(punktfunk_single_archive name target file)
  punktfunk_archives_below(${target} below)
  set(archives)
  foreach(library IN LISTS below)
    list(APPEND archives $<TARGET_FILE:${library}>)
  endforeach()
  set(object "${CMAKE_CURRENT_BINARY_DIR}/punktfunk.o")
  get_filename_component(folder "${file}" DIRECTORY)
  add_custom_command(OUTPUT "${file}"
    COMMAND ${CMAKE_COMMAND} -E make_directory "${folder}"
    COMMAND ${CMAKE_LINKER} -r --force-group-allocation -o "${object}" $<TARGET_OBJECTS:${target}>
            --start-group ${archives} --end-group
    # objcopy makes no "unique" name local (static variables of templates), but weak ones.
    COMMAND sh -c "${CMAKE_NM} --defined-only '${object}' | sed -n 's/^[0-9a-f]* u //p' >'${object}.unique'"
    COMMAND ${CMAKE_OBJCOPY} "--weaken-symbols=${object}.unique" "${object}"
    COMMAND ${CMAKE_OBJCOPY} --wildcard "--keep-global-symbol=punktfunk_*" "${object}"
    COMMAND ${CMAKE_COMMAND} -E rm -f "${file}"
    COMMAND ${CMAKE_AR} rcs "${file}" "${object}"
    DEPENDS ${target} ${below} $<TARGET_OBJECTS:${target}>
    COMMAND_EXPAND_LISTS VERBATIM)
  add_custom_target(${name} ALL DEPENDS "${file}")
endfunction()

# What a program that links the archive has to link as well.
set(PUNKTFUNK_STATIC_REQUIRES libngtcp2 libngtcp2_crypto_gnutls gnutls libcrypto opus fmt)
set(PUNKTFUNK_STATIC_LIBS "-lstdc++ -lm -lpthread")
if(AVAHI_FOUND)
  list(APPEND PUNKTFUNK_STATIC_REQUIRES avahi-client)
endif()
if(IPSEC_MB_LIBRARY)
  string(PREPEND PUNKTFUNK_STATIC_LIBS "-lIPSec_MB ")
endif()

function(punktfunk_install_package)
  file(RELATIVE_PATH PUNKTFUNK_INCLUDE_FROM_LIB "${CMAKE_INSTALL_FULL_LIBDIR}" "${CMAKE_INSTALL_FULL_INCLUDEDIR}")
  list(JOIN PUNKTFUNK_STATIC_REQUIRES " " PUNKTFUNK_STATIC_REQUIRES)
  foreach(name punktfunk punktfunk-static)
    configure_file("${CMAKE_SOURCE_DIR}/cmake/${name}.pc.in" "${CMAKE_CURRENT_BINARY_DIR}/${name}.pc" @ONLY)
  endforeach()
  configure_file("${CMAKE_SOURCE_DIR}/cmake/punktfunk-config.cmake.in"
                 "${CMAKE_CURRENT_BINARY_DIR}/punktfunk-config.cmake" @ONLY)
  include(CMakePackageConfigHelpers)
  write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/punktfunk-config-version.cmake"
    VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)
  install(TARGETS punktfunk_shared LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
  if(TARGET punktfunk_static)
    install(FILES "${CMAKE_BINARY_DIR}/lib/libpunktfunk.a" DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
    install(FILES "${CMAKE_CURRENT_BINARY_DIR}/punktfunk-static.pc"
            DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)
  endif()
  install(FILES "${CMAKE_SOURCE_DIR}/include/punktfunk/punktfunk.h"
          DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/punktfunk COMPONENT library)
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/punktfunk.pc" DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/punktfunk-config.cmake"
                "${CMAKE_CURRENT_BINARY_DIR}/punktfunk-config-version.cmake"
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/punktfunk COMPONENT library)
endfunction()
